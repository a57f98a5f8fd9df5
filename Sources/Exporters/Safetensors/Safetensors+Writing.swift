import Foundation

extension Safetensors {
    /// The bytes of a file, the same for the same content. Arrays are stored in their order here, those of wider
    /// elements first, so that every array is aligned to its elements; the header is padded to 8 bytes.
    ///
    /// - Throws: `SafetensorsError` for names given twice or reserved, and for data that does not fit its shape.
    public func encoded() throws -> Data {
        var entries: [String: SafetensorsHeader.Entry] = [:]
        var body = Data()
        let widestFirst = tensors.enumerated().sorted {
            ($1.element.type.bytes, $0.offset) < ($0.element.type.bytes, $1.offset)
        }
        for (_, tensor) in widestFirst {
            guard tensor.name != Self.metadataKey else { throw SafetensorsError.reservedName }
            guard entries[tensor.name] == nil else { throw SafetensorsError.duplicateName(tensor.name) }
            guard let needs = Self.byteCount(tensor.shape, tensor.type) else {
                throw SafetensorsError.shape(tensor: tensor.name, shape: tensor.shape)
            }
            guard needs == tensor.data.count else {
                throw SafetensorsError.size(
                    tensor: tensor.name, shape: tensor.shape, needs: needs, has: tensor.data.count)
            }
            entries[tensor.name] = .init(
                dtype: tensor.type.rawValue, shape: tensor.shape, offsets: [body.count, body.count + needs])
            body += tensor.data
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var header = try encoder.encode(SafetensorsHeader(metadata: metadata, entries: entries))
        header += Data(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        guard header.count <= Self.maximumHeaderBytes else {
            throw SafetensorsError.headerTooLong(bytes: UInt64(header.count), limit: Self.maximumHeaderBytes)
        }
        return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header + body
    }

    /// `nil`: a negative dimension, or more bytes than an Int counts.
    static func byteCount(_ shape: [Int], _ type: ElementType) -> Int? {
        var count = type.bytes
        for dimension in shape {
            guard dimension >= 0 else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow else { return nil }
            count = product
        }
        return count
    }
}
