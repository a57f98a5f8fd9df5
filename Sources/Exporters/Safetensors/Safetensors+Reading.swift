import Foundation

extension Safetensors {
    /// Reads a file's bytes, trusting none of them.
    ///
    /// - Throws: `SafetensorsError`.
    public init(decoding file: Data) throws(SafetensorsError) {
        // Indices of a slice do not start at 0.
        let file = file.startIndex == 0 ? file : Data(file)
        guard file.count >= 8 else { throw .tooShort(bytes: file.count) }
        let length = file.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(Self.maximumHeaderBytes) else {
            throw .headerTooLong(bytes: length, limit: Self.maximumHeaderBytes)
        }
        let bodyStart = 8 + Int(length)
        guard bodyStart <= file.count else { throw .headerCutOff(needs: bodyStart, has: file.count) }
        let header = try Self.header(file[8..<bodyStart])
        let body = file[bodyStart...]

        var ranges: [(name: String, range: Range<Int>)] = []
        var tensors: [(begin: Int, tensor: Tensor)] = []
        for (name, entry) in header.entries.sorted(by: { $0.key < $1.key }) {
            let (type, range) = try Self.check(entry, name: name, dataBytes: body.count)
            ranges.append((name, range))
            let data = body[bodyStart + range.lowerBound..<bodyStart + range.upperBound]
            tensors.append((range.lowerBound, Tensor(name: name, type: type, shape: entry.shape, data: Data(data))))
        }
        try Self.checkCover(ranges, dataBytes: body.count)
        tensors.sort { ($0.begin, $0.tensor.name) < ($1.begin, $1.tensor.name) }
        self.init(metadata: header.metadata, tensors: tensors.map(\.tensor))
    }

    private static func header(_ bytes: Data) throws(SafetensorsError) -> SafetensorsHeader {
        guard bytes.first == UInt8(ascii: "{") else { throw .header(reason: "it does not start with '{'") }
        do {
            return try JSONDecoder().decode(SafetensorsHeader.self, from: bytes)
        } catch let error as DecodingError {
            throw .header(reason: error.plainDescription)
        } catch {
            throw .header(reason: String(describing: error))
        }
    }

    private static func check(
        _ entry: SafetensorsHeader.Entry, name: String, dataBytes: Int
    ) throws(SafetensorsError) -> (ElementType, Range<Int>) {
        guard let type = ElementType(rawValue: entry.dtype) else {
            throw .unknownType(tensor: name, type: entry.dtype)
        }
        guard let needs = byteCount(entry.shape, type) else { throw .shape(tensor: name, shape: entry.shape) }
        let offsets = entry.offsets
        guard offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= dataBytes else {
            throw .offsets(tensor: name, offsets: offsets, dataBytes: dataBytes)
        }
        guard offsets[1] - offsets[0] == needs else {
            throw .size(tensor: name, shape: entry.shape, needs: needs, has: offsets[1] - offsets[0])
        }
        return (type, offsets[0]..<offsets[1])
    }

    /// The ranges of all tensors follow each other from the first to the last byte.
    private static func checkCover(
        _ ranges: [(name: String, range: Range<Int>)], dataBytes: Int
    ) throws(SafetensorsError) {
        let sorted = ranges.sorted {
            ($0.range.lowerBound, $0.range.upperBound, $0.name) < ($1.range.lowerBound, $1.range.upperBound, $1.name)
        }
        var end = 0
        var previous = ""
        for (name, range) in sorted {
            if range.lowerBound < end { throw .overlap(tensor: name, other: previous) }
            if range.lowerBound > end { throw .gap(from: end, to: range.lowerBound) }
            end = range.upperBound
            previous = name
        }
        if end < dataBytes { throw .gap(from: end, to: dataBytes) }
    }
}
