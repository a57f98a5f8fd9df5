import Crypto
import Foundation
import Networks

/// A file of values with a description: what checkpoints and finished stages are stored in.
///
/// | bytes | |
/// |---|---|
/// | 8 | `DISTLCKP` |
/// | 4 | format version, little-endian like all numbers here |
/// | 4 | H: bytes of the description |
/// | H | description: JSON |
/// | 4 for each float | the buffers, in the order of the description |
/// | 32 | SHA-256 of all bytes before |
///
/// Written beside its place, made durable, then renamed: a file is there whole or not at all.
struct CheckpointFile<Content: Codable> {
    var content: Content
    /// Names the training; see `TrainingFingerprint`.
    var fingerprint: String
    var buffers: [ParameterBuffer]

    fileprivate struct Description: Codable {
        var fingerprint: String
        var counts: [Int]
        var content: Content
    }
}

private let magic = Array("DISTLCKP".utf8)
private let version: UInt32 = 1
private let headBytes = 16
private let hashBytes = 32

extension CheckpointFile {
    /// Puts its values in the place of others, in the order in which they were written.
    func restore(to live: [ParameterBuffer]) {
        precondition(buffers.map(\.count) == live.map(\.count), "the fingerprint covers the layout")
        for (one, saved) in zip(live, buffers) { one.base.update(from: saved.base, count: one.count) }
    }

    func write(to path: String) throws(CheckpointError) {
        let description: Data
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            description = try encoder.encode(
                Description(fingerprint: fingerprint, counts: buffers.map(\.count), content: content))
        } catch {
            throw .damaged(path: path, "its description cannot be encoded: \(error)")
        }
        var head = magic
        for number in [version, UInt32(description.count)] {
            withUnsafeBytes(of: number.littleEndian) { head.append(contentsOf: $0) }
        }
        var file = try DurableFile(path)
        var hash = SHA256()
        head.append(contentsOf: description)
        try head.withUnsafeBufferPointer { (bytes) throws(CheckpointError) in
            try Self.append(UnsafeRawBufferPointer(bytes), to: &file, &hash)
        }
        for buffer in buffers {
            try Self.append(UnsafeRawBufferPointer(start: buffer.base, count: buffer.count * 4), to: &file, &hash)
        }
        try file.write(Array(hash.finalize()))
        try file.publish()
    }

    private static func append(
        _ bytes: UnsafeRawBufferPointer, to file: inout DurableFile, _ hash: inout SHA256
    ) throws(CheckpointError) {
        hash.update(bufferPointer: bytes)
        try file.write(bytes)
    }

    /// `nil`: there is no such file.
    static func read(_ path: String) throws(CheckpointError) -> CheckpointFile? {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
            return nil
        } catch {
            throw .damaged(path: path, "cannot be read: \(error.localizedDescription)")
        }
        return try bytes.withUnsafeBytes { raw in
            Result { () throws(CheckpointError) in try parse(raw, path: path) }
        }.get()
    }

    private static func parse(_ raw: UnsafeRawBufferPointer, path: String) throws(CheckpointError) -> CheckpointFile {
        guard raw.count >= headBytes + hashBytes, raw.prefix(magic.count).elementsEqual(magic) else {
            throw .damaged(path: path, "is no checkpoint, or cut off at \(raw.count) bytes")
        }
        let found = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        guard found == version else {
            throw .damaged(path: path, "has format \(found); this version of distilld reads format \(version)")
        }
        let end = raw.count - hashBytes
        let body = UnsafeRawBufferPointer(rebasing: raw[..<end])
        var hash = SHA256()
        hash.update(bufferPointer: body)
        guard hash.finalize().elementsEqual(raw[end...]) else {
            throw .damaged(path: path, "its checksum does not match its content")
        }
        let size = Int(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 12, as: UInt32.self)))
        guard headBytes + size <= end else { throw .damaged(path: path, "its description is cut off") }
        let description: Description
        do {
            description = try JSONDecoder().decode(Description.self, from: Data(raw[headBytes..<headBytes + size]))
        } catch {
            throw .damaged(path: path, "its description cannot be read: \(error)")
        }
        var offset = headBytes + size
        var buffers: [ParameterBuffer] = []
        for count in description.counts {
            guard count >= 0, count <= (end - offset) / 4 else { throw .damaged(path: path, "its values are cut off") }
            let buffer = ParameterBuffer(count: count)
            UnsafeMutableRawBufferPointer(start: buffer.base, count: count * 4)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: raw[offset..<offset + count * 4]))
            buffers.append(buffer)
            offset += count * 4
        }
        guard offset == end else { throw .damaged(path: path, "has \(end - offset) bytes too many") }
        return CheckpointFile(
            content: description.content, fingerprint: description.fingerprint, buffers: buffers)
    }
}
