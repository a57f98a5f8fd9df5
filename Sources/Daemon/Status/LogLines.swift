import Foundation

/// A log that comes in pieces, as an object a line: `{"line":"..."}`.
public struct LogLines {
    private struct Object: Encodable {
        var line: String
    }

    /// Of a line whose end has not come yet.
    private var begun: [UInt8] = []

    public init() {}

    /// The lines that end in this piece.
    public mutating func json(of piece: [UInt8]) throws -> [UInt8] {
        begun += piece
        guard let end = begun.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let lines = begun[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        defer { begun = Array(begun[(end + 1)...]) }
        return try lines.flatMap(Self.json)
    }

    /// A last line without an end.
    public mutating func rest() throws -> [UInt8] {
        defer { begun = [] }
        return begun.isEmpty ? [] : try Self.json(begun[...])
    }

    private static func json(_ line: ArraySlice<UInt8>) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        return Array(try encoder.encode(Object(line: String(decoding: line, as: UTF8.self)))) + [UInt8(ascii: "\n")]
    }
}
