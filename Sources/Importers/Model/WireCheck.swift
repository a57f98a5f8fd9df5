import Foundation

/// A walk over the bytes of a protocol buffer before it is decoded, so that a hostile file cannot make the decoder
/// build millions of messages out of a few bytes each.
enum WireCheck {
    /// Nested messages that the walk accepts in all.
    static let largestCount = 1 << 20

    /// Field numbers that hold messages, from the model down; other length-delimited fields are values.
    private indirect enum Kind {
        case leaf
        case message([Int: Kind])
    }

    private static let model: Kind = {
        let entry = Kind.message([:])
        let dimension = Kind.message([:])
        let shape = Kind.message([1: dimension])
        let type = Kind.message([1: .message([2: shape])])
        let value = Kind.message([2: type])
        let tensor = Kind.message([6: .leaf, 13: entry])
        let attribute = Kind.message([5: tensor, 9: .leaf, 10: tensor])
        let node = Kind.message([1: .leaf, 2: .leaf, 5: attribute])
        let graph = Kind.message([1: node, 5: tensor, 11: value, 12: value, 13: value, 16: entry])
        return .message([7: graph, 8: entry, 14: entry, 25: entry])
    }()

    /// What is wrong with the bytes as a protocol buffer; `nil` where nothing is.
    static func mistake(in bytes: Data) -> String? {
        bytes.withUnsafeBytes { raw in
            var walk = Walk(bytes: raw)
            return walk.message(0..<raw.count, kind: model)
        }
    }

    private struct Walk {
        let bytes: UnsafeRawBufferPointer
        var count = 0

        mutating func message(_ range: Range<Int>, kind: Kind) -> String? {
            var position = range.lowerBound
            while position < range.upperBound {
                let start = position
                guard let key = varint(&position, range.upperBound) else { return "it ends within a number" }
                let field = Int(key >> 3)
                guard (1..<1 << 29).contains(field) else { return "field \(field) at byte \(start)" }
                switch key & 7 {
                case 0:
                    guard varint(&position, range.upperBound) != nil else { return "it ends within a number" }
                case 1: position += 8
                case 5: position += 4
                case 2:
                    guard let length = varint(&position, range.upperBound) else { return "it ends within a number" }
                    guard length <= UInt64(range.upperBound - position) else {
                        return "at byte \(start) begin \(length) bytes, but \(range.upperBound - position) are left"
                    }
                    let end = position + Int(length)
                    if case .message(let fields) = kind, let child = fields[field] {
                        count += 1
                        guard count <= WireCheck.largestCount else {
                            return "it has more than \(WireCheck.largestCount) parts"
                        }
                        if case .message = child, let reason = message(position..<end, kind: child) { return reason }
                    }
                    position = end
                default: return "wire type \(key & 7) at byte \(start)"
                }
                guard position <= range.upperBound else { return "it ends within a value" }
            }
            return nil
        }

        private func varint(_ position: inout Int, _ end: Int) -> UInt64? {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while position < end, shift < 70 {
                let byte = bytes[position]
                position += 1
                value |= shift < 64 ? UInt64(byte & 0x7F) << shift : 0
                if byte < 0x80 { return value }
                shift += 7
            }
            return nil
        }
    }
}
