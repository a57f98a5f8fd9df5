/// A protocol buffer as it lies in a file (https://protobuf.dev/programming-guides/encoding): read here by hand, so
/// that tests do not trust the code that wrote it.
struct WireMessage {
    enum Value {
        case varint(UInt64)
        case fixed32(UInt32)
        case bytes([UInt8])
    }
    struct Malformed: Error { var at: Int }

    private(set) var fields: [(number: Int, value: Value)] = []

    init(_ bytes: [UInt8]) throws {
        var at = 0
        func varint() throws -> UInt64 {
            var value: UInt64 = 0
            for shift in stride(from: 0 as UInt64, to: 64, by: 7) {
                guard at < bytes.count else { throw Malformed(at: at) }
                value |= UInt64(bytes[at] & 0x7F) << shift
                at += 1
                if bytes[at - 1] < 0x80 { return value }
            }
            throw Malformed(at: at)
        }
        while at < bytes.count {
            let key = try varint()
            let value: Value
            switch key & 7 {
            case 0: value = .varint(try varint())
            case 2:
                let count = Int(try varint())
                guard count <= bytes.count - at else { throw Malformed(at: at) }
                value = .bytes(Array(bytes[at..<at + count]))
                at += count
            case 5:
                guard at + 4 <= bytes.count else { throw Malformed(at: at) }
                value = .fixed32((0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) })
                at += 4
            default: throw Malformed(at: at)
            }
            fields.append((Int(key >> 3), value))
        }
    }

    func messages(_ number: Int) throws -> [WireMessage] { try bytes(number).map { try WireMessage($0) } }
    func message(_ number: Int) throws -> WireMessage { try WireMessage(bytes(number).first ?? []) }
    func strings(_ number: Int) -> [String] { bytes(number).map { String(decoding: $0, as: UTF8.self) } }
    func string(_ number: Int) -> String? { strings(number).last }
    func int(_ number: Int) -> Int? { ints(number).last }

    /// Of a repeated field, packed or not.
    func ints(_ number: Int) -> [Int] {
        fields.filter { $0.number == number }.flatMap { field -> [Int] in
            switch field.value {
            case .varint(let value): return [Int(Int64(bitPattern: value))]
            case .fixed32: return []
            case .bytes(let packed):
                var values: [Int] = []
                var (value, shift): (UInt64, UInt64) = (0, 0)
                for byte in packed {
                    value |= UInt64(byte & 0x7F) << shift
                    shift += 7
                    if byte < 0x80 {
                        values.append(Int(Int64(bitPattern: value)))
                        (value, shift) = (0, 0)
                    }
                }
                return values
            }
        }
    }

    func float(_ number: Int) -> Float? {
        fields.last { $0.number == number }.flatMap { field in
            if case .fixed32(let bits) = field.value { Float(bitPattern: bits) } else { nil }
        }
    }

    func bytes(_ number: Int) -> [[UInt8]] {
        fields.filter { $0.number == number }.compactMap { field in
            if case .bytes(let bytes) = field.value { bytes } else { nil }
        }
    }
}
