import CKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The table of kernels for one instruction set, chosen once at run time.
public struct Kernels: @unchecked Sendable {
    public let table: UnsafePointer<ck_f32>
    /// Products of bfloat16 values.
    public let halves: UnsafePointer<ck_bf16>

    /// `avx512`, `avx2`, `neon` or `scalar`.
    public var isa: String { String(cString: table.pointee.isa) }
    /// Floats in a vector.
    public var vector: Int { Int(table.pointee.vector) }

    /// `nil` where this machine or build lacks the instruction set.
    public init?(named isa: String) {
        guard let found = ck_f32_named(isa) else { return nil }
        table = found
        halves = ck_bf16_named(isa)
    }

    private init() {
        table = ck_f32_named(nil)
        halves = ck_bf16_named(nil)
    }

    /// Names that `DISTILLD_ISA` may have, best first.
    public static let names = ["avx512", "avx2", "neon", "scalar"]
    /// The instruction sets that run here, best first.
    public static var available: [Kernels] { names.compactMap { Kernels(named: $0) } }

    /// The best instruction set here, or the one that the environment's `DISTILLD_ISA` names.
    public static let standard: Kernels = {
        guard let wanted = getenv("DISTILLD_ISA").map({ String(cString: $0) }), !wanted.isEmpty else {
            return Kernels()
        }
        guard let chosen = Kernels(named: wanted) else {
            let usable = available.map(\.isa).joined(separator: ", ")
            fatalError("DISTILLD_ISA is \"\(wanted)\"; this machine has: \(usable)")
        }
        return chosen
    }()

    /// `count` rounded up to whole vectors.
    public func padded(_ count: Int) -> Int { (count + vector - 1) / vector * vector }
}
