import Foundation

/// What commands print with `--json`: keys sorted, so that the same result is the same text.
enum JSONText {
    /// An object on a line of its own.
    static func line(_ value: some Encodable) -> String { text(value, []) }

    /// Indented.
    static func page(_ value: some Encodable) -> String { text(value, .prettyPrinted) }

    private static func text(_ value: some Encodable, _ extra: JSONEncoder.OutputFormatting) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, extra]
        encoder.dateEncodingStrategy = .iso8601
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            preconditionFailure("figures and text cannot fail to be encoded: \(error)")
        }
    }
}
