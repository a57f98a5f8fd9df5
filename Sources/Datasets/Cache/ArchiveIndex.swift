import Crypto
import Foundation

/// What is known of an archive by the hash of its bytes, so that a second job need not unpack it to find its pixels.
struct ArchiveIndex: Codable, Equatable {
    private static let currentVersion = 2

    private var version = ArchiveIndex.currentVersion
    /// Of `ContentHash`, 64 hex digits.
    var content: String
    var choice: InputChoice
    var remarks: SourceRemarks

    init(content: String, choice: InputChoice, remarks: SourceRemarks) {
        self.content = content
        self.choice = choice
        self.remarks = remarks
    }

    static func name(archiveHash: String) -> String { "\(archiveHash).archive" }

    /// `nil` where there is none, or none that can be used: then the archive is read.
    static func find(archiveHash: String, in directory: String) -> ArchiveIndex? {
        let path = "\(directory)/\(name(archiveHash: archiveHash))"
        guard let data = FileManager.default.contents(atPath: path),
            let index = try? JSONDecoder().decode(ArchiveIndex.self, from: data),
            index.version == currentVersion, index.choice.version == InputChoice.ruleVersion,
            index.content.utf8.count == 64
        else { return nil }
        return index
    }

    func write(archiveHash: String, to directory: String) throws(DatasetError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(self) else { fatalError("numbers and text cannot fail to be encoded") }
        try CacheWriter.publish(Array(data), as: Self.name(archiveHash: archiveHash), in: directory)
    }

    /// SHA-256 of the archive's bytes.
    static func hash(_ file: DatasetFile, shouldStop: () -> Bool) throws(DatasetError) -> String {
        var hash = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var offset = 0
        while true {
            if offset % (64 << 20) == 0 && shouldStop() { throw .stopped }
            let count = pread(file.descriptor, buffer.baseAddress, buffer.count, offset)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(file.path, errno: errno) }
            if count == 0 { return hash.finalize().hex }
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += count
        }
    }
}
