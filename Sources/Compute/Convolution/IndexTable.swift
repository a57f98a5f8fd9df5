/// Offsets at a fixed address, for kernels.
public final class IndexTable: @unchecked Sendable {
    public let base: UnsafeMutablePointer<Int32>
    public let count: Int

    public init(_ values: [Int32]) {
        count = values.count
        base = .allocate(capacity: max(count, 1))
        base.initialize(repeating: 0, count: max(count, 1))
        for (i, value) in values.enumerated() { base[i] = value }
    }

    /// `values` for `images` images, each `step` elements after the last.
    public convenience init(_ values: [Int32], images: Int, step: Int) {
        self.init((0..<images).flatMap { image in values.map { $0 + Int32(image * step) } })
    }

    deinit { base.deallocate() }
}
