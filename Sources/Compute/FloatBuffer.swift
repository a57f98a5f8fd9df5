/// Zeroed floats, aligned to 64 bytes, with a cache line more behind them that kernels may read.
public final class FloatBuffer: @unchecked Sendable {
    public let count: Int
    public let base: UnsafeMutablePointer<Float>

    public init(count: Int) {
        self.count = count
        let room = count + 64
        base = UnsafeMutableRawPointer.allocate(byteCount: room * 4, alignment: 64)
            .bindMemory(to: Float.self, capacity: room)
        base.initialize(repeating: 0, count: room)
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }
}
