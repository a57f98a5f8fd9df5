import Foundation

/// A read-only memory-mapped file and the place of the pixels in it: rows of equal size.
final class PixelStore: @unchecked Sendable {
    private let mapping: UnsafeRawPointer
    private let mappedBytes: Int
    private let pixels: UnsafePointer<UInt8>
    let rows: Int
    /// Bytes of a row: height * width * channels.
    let rowBytes: Int

    /// Maps the first `offset + rows * rowBytes` bytes; the caller has made sure that the file is as long, and no
    /// one shortens it later (cache files are only ever replaced by rename).
    init(descriptor: Int32, offset: Int, rows: Int, rowBytes: Int) throws(DatasetError) {
        let bytes = offset + rows * rowBytes
        guard bytes > 0, let base = mmap(nil, bytes, PROT_READ, MAP_SHARED, descriptor, 0), base != MAP_FAILED else {
            throw .cacheFailed("cannot be mapped into memory (\(bytes) bytes)", errno: errno, path: nil)
        }
        mapping = UnsafeRawPointer(base)
        mappedBytes = bytes
        pixels = mapping.advanced(by: offset).assumingMemoryBound(to: UInt8.self)
        self.rows = rows
        self.rowBytes = rowBytes
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: mapping), mappedBytes) }

    func row(_ index: Int) -> UnsafePointer<UInt8> {
        precondition(index >= 0 && index < rows)
        return pixels + index * rowBytes
    }
}
