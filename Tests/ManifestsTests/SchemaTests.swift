import Foundation
import Testing

@testable import Manifests

/// The schema for editors says of every key what the parser says.
struct SchemaTests {
    private let schema: [String: Any]

    init() throws {
        let json = try JSONSerialization.jsonObject(with: Data(ManifestSchema.json().utf8))
        schema = try #require(json as? [String: Any])
    }

    /// As a person would write it, and what an editor takes that for.
    private static var values: [(yaml: String, json: Any)] {
        [
            ("3", 3), ("-3", -3), ("0", 0), ("0.5", 0.5), ("1.5", 1.5), ("-0.5", -0.5), ("1e-3", 0.001), ("64", 64),
            ("1024", 1024), ("100000", 100_000), ("1", 1), ("5%", "5%"), ("101%", "101%"), ("true", true),
            ("false", false),
            ("none", "none"), ("auto", "auto"), ("resnet8", "resnet8"), ("Resnet8", "Resnet8"), ("sgd", "sgd"),
            ("\"#10203F\"", "#10203F"), ("\"#10203\"", "#10203"), ("standard", "standard"), ("x-1.y", "x-1.y"),
            ("\"-x\"", "-x"), ("\"a b\"", "a b"), ("[]", [Any]()), ("[resnet8]", ["resnet8"]),
            ("[resnet9]", ["resnet9"]),
            ("[{ model: resnet8, epochs: 3 }]", [["model": "resnet8", "epochs": 3] as [String: Any]]),
            ("[{ model: resnet8, epoch: 3 }]", [["model": "resnet8", "epoch": 3] as [String: Any]]),
            ("{ nonsense: 1 }", ["nonsense": 1]),
        ]
    }

    /// Whether the reader of the key's own value objects to it; rules on several keys have no part in this.
    private func parserRefuses(_ key: String, _ yaml: String) throws -> Bool {
        var text = ""
        let parts = key.split(separator: ".")
        for (depth, part) in parts.enumerated() {
            text +=
                String(repeating: "  ", count: depth) + part + ":" + (depth == parts.count - 1 ? " \(yaml)\n" : "\n")
        }
        let document = try YAMLTree.read(Array(text.utf8), file: "a.job.yaml", limit: 1 << 20)
        var reader = FieldReader(table: JobFields.table, file: "a.job.yaml")
        var spec = JobSpec(name: "a", dataset: "b")
        reader.read(document, into: &spec)
        return reader.problems.contains {
            $0.severity == .error && !["dataset", ""].contains($0.key) || key == "dataset" && $0.key == key
        }
    }

    @Test func keysAgree() throws {
        var compared = 0
        for field in JobFields.table.fields {
            let own = try #require(Self.find(field.key, in: schema), "\(field.key)")
            let words = Self.words(own).map { (yaml: $0, json: $0 as Any) }
            for (yaml, json) in Self.values + words {
                // An editor takes 3 for a number where a text is asked for; the parser takes it as it is written.
                if Self.isText(own), !(json is String || json is [Any] || json is [String: Any]) { continue }
                // What a path may be is more than a pattern says.
                if field.key == "dataset" { continue }
                let accepts = Self.accepts(own, json)
                let refuses = try parserRefuses(field.key, yaml)
                #expect(accepts == !refuses, "\(field.key): \(yaml), schema \(accepts), parser \(!refuses)")
                compared += 1
            }
        }
        #expect(compared > 1000)
    }

    @Test func wholeFilesAreTaken() throws {
        #expect(Self.accepts(schema, ["dataset": "x.zip"]))
        #expect(!Self.accepts(schema, ["name": "x"]))
        #expect(!Self.accepts(schema, ["dataset": "x.zip", "datset": "y"]))
        #expect(Self.accepts(schema, ["dataset": "x", "teacher": "resnet20", "training": ["augment": "strong"]]))
        #expect(Self.accepts(schema, ["dataset": "x", "teacher": ["model": "resnet20"], "teachers": "none"]))
        #expect(!Self.accepts(schema, ["dataset": "x", "teacher": ["modle": "resnet20"]]))
    }

    // MARK: the parts of JSON Schema that are used

    private static func find(_ key: String, in schema: [String: Any]) -> [String: Any]? {
        key.split(separator: ".").reduce(schema as [String: Any]?) { node, part in
            guard let node else { return nil }
            let choices = [node] + (node["anyOf"] as? [[String: Any]] ?? [])
            return choices.compactMap { ($0["properties"] as? [String: Any])?[String(part)] as? [String: Any] }.first
        }
    }

    private static func isText(_ schema: [String: Any]) -> Bool {
        schema["type"] as? String == "string"
            || (schema["anyOf"] as? [[String: Any]] ?? []).contains { isText($0) && $0["pattern"] == nil }
    }

    private static func words(_ schema: [String: Any]) -> [String] {
        (schema["enum"] as? [String] ?? []) + (schema["anyOf"] as? [[String: Any]] ?? []).flatMap(words)
    }

    private static func accepts(_ schema: [String: Any], _ value: Any) -> Bool {
        if let choices = schema["anyOf"] as? [[String: Any]], !choices.contains(where: { accepts($0, value) }) {
            return false
        }
        if let words = schema["enum"] as? [String], !words.contains(where: { $0 == value as? String }) { return false }
        if let constant = schema["const"] as? String, constant != value as? String { return false }
        if let type = schema["type"] as? String, !isOf(type, value) { return false }
        if let pattern = schema["pattern"] as? String, let text = value as? String,
            text.range(of: pattern, options: .regularExpression) == nil
        {
            return false
        }
        if let number = number(value) {
            func bound(_ name: String) -> Double? { (schema[name] as? NSNumber)?.doubleValue }
            if let low = bound("minimum"), number < low { return false }
            if let high = bound("maximum"), number > high { return false }
            if let low = bound("exclusiveMinimum"), number <= low { return false }
            if let high = bound("exclusiveMaximum"), number >= high { return false }
        }
        if let list = value as? [Any] {
            if let least = schema["minItems"] as? Int, list.count < least { return false }
            if let most = schema["maxItems"] as? Int, list.count > most { return false }
            if let items = schema["items"] as? [String: Any], !list.allSatisfy({ accepts(items, $0) }) { return false }
        }
        if let object = value as? [String: Any] {
            let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
            if schema["additionalProperties"] as? Bool == false, !object.keys.allSatisfy({ properties[$0] != nil }) {
                return false
            }
            for (key, own) in object { if let property = properties[key], !accepts(property, own) { return false } }
            for key in schema["required"] as? [String] ?? [] where object[key] == nil { return false }
        }
        return true
    }

    private static func number(_ value: Any) -> Double? {
        value is Bool ? nil : (value as? Int).map(Double.init) ?? value as? Double
    }

    private static func isOf(_ type: String, _ value: Any) -> Bool {
        switch type {
        case "boolean": value is Bool
        case "string": value is String
        case "integer": !(value is Bool) && value is Int
        case "number": number(value) != nil
        case "array": value is [Any]
        case "object": value is [String: Any]
        default: false
        }
    }
}
