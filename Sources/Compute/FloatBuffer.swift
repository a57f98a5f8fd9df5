#if canImport(Glibc)
    import Glibc
#endif

/// Zeroed floats, aligned to 64 bytes, with a cache line more behind them that kernels may read.
///
/// Large ones ask for huge pages: a training step goes through hundreds of megabytes once, and finding the pages of
/// 4 KiB costs more than what is done to them.
public final class FloatBuffer: @unchecked Sendable {
    public let count: Int
    public let base: UnsafeMutablePointer<Float>

    /// Bytes of a huge page on x86-64, and on ARM with base pages of 4 KiB.
    private static let hugePage = 2 << 20

    public init(count: Int) {
        self.count = count
        let room = count + 64
        let isLarge = room * 4 >= Self.hugePage
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: room * 4, alignment: isLarge ? Self.hugePage : 64)
        #if canImport(Glibc)
            // A wish: a kernel without them gives the small ones.
            if isLarge { _ = madvise(bytes, room * 4, MADV_HUGEPAGE) }
        #endif
        base = bytes.bindMemory(to: Float.self, capacity: room)
        base.initialize(repeating: 0, count: room)
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }
}
