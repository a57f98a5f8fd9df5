import Glibc

/// Bytes that are used again from image to image, unless they were for an unusually large one.
final class ScratchBuffer {
    private static let kept = 32 << 20
    private var bytes: UnsafeMutablePointer<UInt8>?
    private var capacity = 0

    deinit { free(bytes) }

    /// At least `count` bytes of undefined content, valid until the next call.
    func reserve(_ count: Int) throws(ImageError) -> UnsafeMutablePointer<UInt8> {
        if let bytes, capacity >= count { return bytes }
        release()
        guard let made = malloc(max(count, 1)) else { throw .outOfMemory }
        let typed = made.bindMemory(to: UInt8.self, capacity: count)
        bytes = typed
        capacity = count
        return typed
    }

    /// Gives back what is larger than a usual image needs.
    func trim() { if capacity > Self.kept { release() } }

    private func release() {
        free(bytes)
        bytes = nil
        capacity = 0
    }
}
