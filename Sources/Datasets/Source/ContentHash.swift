import Crypto

/// SHA-256 of one file, as a value without a heap allocation.
struct FileDigest: Equatable, Sendable {
    var words = SIMD4<UInt64>()

    init() {}

    init(_ bytes: UnsafeRawBufferPointer) {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        withUnsafeMutableBytes(of: &words) { to in
            hash.finalize().withUnsafeBytes { to.copyMemory(from: $0) }
        }
    }
}

/// The hash of what a dataset holds: path and bytes of every image and table, in the order of the paths.
///
/// A folder, an archive of it, and an archive of the same files in another order or packed otherwise have the same.
/// Files that are neither image nor table, times and permissions have no part in it.
enum ContentHash {
    /// - Parameters:
    ///   - inventory: settled, without the folders that are looked through.
    ///   - digests: for each row.
    static func of(_ inventory: Inventory, digests: [FileDigest]) -> SHA256.Digest {
        var hash = SHA256()
        func add(_ kind: String, _ path: String, _ digest: FileDigest) {
            // Neither a kind nor a path has a zero in it.
            hash.update(data: Array("\(kind)\0\(path)\0".utf8))
            withUnsafeBytes(of: digest.words) { hash.update(bufferPointer: $0) }
        }
        for file in inventory.files where file.row >= 0 { add("image", file.path, digests[Int(file.row)]) }
        for table in inventory.tables { add("table", table.path, table.bytes.withUnsafeBytes { FileDigest($0) }) }
        for file in inventory.unusable { add("unusable", file.path, FileDigest()) }
        return hash.finalize()
    }
}
