/// Little-endian numbers and UTF-8 strings, one after another.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ text: String) {
        put(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func put(_ raw: [UInt8]) { bytes.append(contentsOf: raw) }

    mutating func put(_ texts: [String]) {
        put(UInt32(texts.count))
        for text in texts { put(text) }
    }
}

/// Reads what `ByteWriter` wrote. Bytes that end early, or a count that cannot be, give `Damaged`.
struct ByteReader {
    struct Damaged: Error {}

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func get<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(Damaged) -> T {
        let size = MemoryLayout<T>.size
        guard bytes.count - position >= size else { throw Damaged() }
        defer { position += size }
        return T(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self))
    }

    mutating func text() throws(Damaged) -> String {
        let length = Int(try get(UInt32.self))
        guard bytes.count - position >= length else { throw Damaged() }
        defer { position += length }
        let slice = UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
        guard let text = String(validating: slice, as: UTF8.self) else { throw Damaged() }
        return text
    }

    mutating func bytes(count: Int) throws(Damaged) -> [UInt8] {
        guard count >= 0, bytes.count - position >= count else { throw Damaged() }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// A count of things that take at least `size` bytes each, so that a damaged one cannot ask for much memory.
    mutating func count(of size: Int) throws(Damaged) -> Int {
        let count = Int(try get(UInt32.self))
        guard count <= (bytes.count - position) / size else { throw Damaged() }
        return count
    }

    mutating func texts() throws(Damaged) -> [String] {
        let count = try count(of: 4)
        var texts: [String] = []
        texts.reserveCapacity(count)
        for _ in 0..<count { texts.append(try text()) }
        return texts
    }
}
