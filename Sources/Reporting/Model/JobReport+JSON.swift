import Foundation

extension JobReport {
    /// The bytes of `report.json`: keys sorted, one file for one report. Indented, for up to `indentedClasses`:
    /// indented, the confusion matrices of a thousand classes would be three million lines.
    ///
    /// A figure that is not finite is written as the string `NaN`, `Infinity` or `-Infinity`.
    public func encoded() throws -> Data {
        let encoder = Self.encoder
        if data.classes.count > Self.indentedClasses { encoder.outputFormatting.remove(.prettyPrinted) }
        return try encoder.encode(self)
    }

    private static let indentedClasses = 100

    /// - Throws: `DecodingError` for what is no report; `UnsupportedSchema` for one of a later distilld.
    public init(encoded data: Data) throws {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        let found = try decoder.decode(SchemaVersion.self, from: data).schemaVersion
        guard found <= Self.currentSchemaVersion else { throw UnsupportedSchema(found: found) }
        self = try decoder.decode(JobReport.self, from: data)
    }

    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return encoder
    }

    private struct SchemaVersion: Decodable { var schemaVersion: Int }

    public struct UnsupportedSchema: Error, CustomStringConvertible {
        public var found: Int
        public var description: String {
            "report.json has schemaVersion \(found), and this distilld reads up to \(currentSchemaVersion): "
                + "read it with the distilld that wrote it, or a later one"
        }
    }
}
