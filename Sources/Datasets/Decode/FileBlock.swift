import Manifests

/// Some image files of an archive, one behind another in memory: filled by one thread while others decode another.
final class FileBlock {
    struct Item {
        var path: String
        /// Of `SizeSample`.
        var rank: UInt64
        var start: Int
        var count: Int
    }

    enum Addition {
        case added, tooLarge
        case damaged(String)
    }

    /// A block is full with this many images, or when its images have this many bytes. Small enough that stopping
    /// and progress come several times a second.
    static let fullItems = 512
    static let fullBytes = 16 << 20

    private(set) var items: [Item] = []
    private(set) var used = 0
    private var bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)

    deinit { bytes.deallocate() }

    var isFull: Bool { items.count >= Self.fullItems || used >= Self.fullBytes }

    func file(_ index: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[items[index].start..<items[index].start + items[index].count])
    }

    func removeAll() {
        items.removeAll(keepingCapacity: true)
        used = 0
        // What an unusually large image needed is given back.
        if bytes.count > 4 * Self.fullBytes {
            bytes.deallocate()
            bytes = .allocate(byteCount: 1 << 20, alignment: 64)
        }
    }

    /// Adds what `head` holds and the rest of the archive's current entry.
    ///
    /// - Parameter size: of the entry; -1: not known. Memory is taken as bytes arrive, whatever is promised here.
    /// Nothing is added of an entry that has more than `limit` bytes or is damaged.
    func add(
        _ path: String, head: ArraySlice<UInt8>, restOf archive: ArchiveReader, size: Int, limit: Int
    ) throws(DatasetError) -> Addition {
        let start = used
        var end = used
        reserve(end + max(head.count, min(size, 1 << 20)) + 1)
        for byte in head {
            bytes[end] = byte
            end += 1
        }
        while true {
            // One more than is expected, so that the archive tells its end, and checks what it has given.
            let expected = size >= 0 ? start + size + 1 - end : bytes.count - end
            let wanted = max(1, min(expected, max(1 << 20, end - start)))
            reserve(end + wanted)
            let got = try archive.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[end..<end + wanted]))
            end += got
            if let damage = archive.entryDamage { return .damaged(damage) }
            if end - start > limit { return .tooLarge }
            if got < wanted { break }
        }
        items.append(Item(path: path, rank: SizeSample.rank(path: path), start: start, count: end - start))
        used = end
        return .added
    }

    /// Adds a whole file.
    func add(_ path: String, _ file: [UInt8]) {
        reserve(used + file.count)
        file.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: bytes[used...]).copyMemory(from: $0) }
        items.append(Item(path: path, rank: SizeSample.rank(path: path), start: used, count: file.count))
        used += file.count
    }

    private func reserve(_ count: Int) {
        guard count > bytes.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 2 * bytes.count), alignment: 64)
        larger.copyMemory(from: UnsafeRawBufferPointer(bytes))
        bytes.deallocate()
        bytes = larger
    }
}
