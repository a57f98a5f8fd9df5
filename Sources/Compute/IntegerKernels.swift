import CKernels

/// The table of integer kernels for one instruction set. All give the same bits.
public struct IntegerKernels: @unchecked Sendable {
    public let table: UnsafePointer<ck_s8>

    public var isa: String { String(cString: table.pointee.isa) }

    /// `nil` where this machine or build lacks the instruction set.
    public init?(named isa: String) {
        guard let found = ck_s8_named(isa) else { return nil }
        table = found
    }

    private init() { table = ck_s8_named(nil) }

    /// Best first.
    public static var available: [IntegerKernels] {
        ["avx512vnni", "avx2", "neon", "scalar"].compactMap { IntegerKernels(named: $0) }
    }

    /// What goes with `Kernels.standard`, and so follows `DISTILLD_ISA` too.
    public static let standard: IntegerKernels = {
        switch Kernels.standard.isa {
        case "avx512": IntegerKernels()
        case let isa: IntegerKernels(named: isa) ?? IntegerKernels(named: "scalar") ?? IntegerKernels()
        }
    }()
}
