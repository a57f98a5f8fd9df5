import Foundation

/// Labels that other programs write as JSON.
///
/// - COCO (`images`, `annotations`, `categories`), with one category an image: `annotations.json`, or
///   `_annotations.coco.json` as Roboflow names it.
/// - Label Studio: its export of a project with choices, `project-*.json`, as JSON or JSON-MIN.
/// - `labels.json`: an object `{"cat.jpg": "cat"}`, or a list of `{"file": "cat.jpg", "label": "cat", "split": "train"}`.
extension LabelTable {
    static func isJSON(path: String) -> Bool { path.lowercased().hasSuffix(".json") }

    /// Whether a file of this name is one of these.
    static func isJSONLabels(name: String) -> Bool {
        ["labels.json", "annotations.json", "_annotations.coco.json"].contains(name)
            || (name.hasPrefix("project-") && name.hasSuffix(".json"))
    }

    init(json table: TableFile, isFile: (String) -> Bool) throws(DatasetError) {
        let content: JSONLabels
        do {
            content = try JSONDecoder().decode(JSONLabels.self, from: Data(table.bytes))
        } catch {
            throw DatasetError(
                "dataset.labels", "the file is no JSON that names labels: \(JSONLabels.reason(error))", at: table.path,
                fix: "export it again as COCO or from Label Studio, or write an object of files and their labels")
        }
        var mistakes: [String] = []
        var rows: [Row] = []
        for (index, entry) in content.entries.enumerated() {
            func mistake(_ what: String) { mistakes.append("entry \(index + 1): \(what)") }
            guard !entry.file.isEmpty else {
                mistake("no file is named")
                continue
            }
            let labels = Set(entry.labels)
            guard let label = labels.first, labels.count == 1, !label.isEmpty else {
                // What nobody has labelled is simply not used.
                if !labels.isEmpty {
                    mistake("\(entry.file) has several labels: \(labels.sorted().joined(separator: ", "))")
                }
                continue
            }
            var split: Split?
            if let name = entry.split {
                split = Split(folder: name)
                if split == nil {
                    mistake("\"\(name)\" is not a split: write \(Split.names)")
                    continue
                }
            }
            rows.append(
                Row(file: Self.file(entry.file, isFile: isFile), label: label, split: split, line: index + 1))
        }
        guard mistakes.isEmpty else {
            throw DatasetError(
                "dataset.labels", "\(mistakes.count.of("entry", "entries")) of the file cannot be used",
                at: table.path, fix: "each image needs one label, and may have a split (\(Split.names))",
                details: Array(mistakes.prefix(Self.shownMistakes)))
        }
        var notes: [String] = []
        let unlabelled = content.entries.count - rows.count
        if unlabelled > 0 {
            notes.append(
                "\(table.path): \(unlabelled.of("image has", "images have")) no label and \(unlabelled == 1 ? "is" : "are") not used"
            )
        }
        self.init(rows: rows, hasSplit: rows.contains { $0.split != nil }, notes: notes, isJSON: true)
    }

    /// A file as the dataset names it: programs write URLs and paths of their own machines, of which the end counts.
    private static func file(_ written: String, isFile: (String) -> Bool) -> String {
        var path = written
        // Label Studio's local files: /data/local-files/?d=folder/cat.jpg
        if let query = path.range(of: "?d=") { path = String(path[query.upperBound...]) }
        path = path.removingPercentEncoding ?? path
        if isFile(path) { return path }
        let parts = path.replacing("\\", with: "/").split(separator: "/")
        for start in parts.indices {
            let end = parts[start...].joined(separator: "/")
            if isFile(end) { return end }
            if isFile("images/\(end)") { return "images/\(end)" }
        }
        return written
    }
}

/// Any of the files that `LabelTable.init(json:)` reads.
private struct JSONLabels: Decodable {
    struct Entry {
        var file: String
        var labels: [String]
        var split: String?
    }

    let entries: [Entry]

    init(from decoder: any Decoder) throws {
        if let tasks = try? decoder.unkeyedContainer(), tasks.count != nil {
            var entries: [Entry] = []
            var list = tasks
            while !list.isAtEnd { entries.append(try list.decode(Task.self).entry) }
            self.entries = entries
            return
        }
        let keys = try decoder.container(keyedBy: Key.self)
        if keys.contains(Key("annotations")), keys.contains(Key("images")) {
            entries = try Coco(from: decoder).entries
        } else {
            // By name: an object has no order.
            entries = try keys.allKeys.map {
                Entry(file: $0.stringValue, labels: [try keys.decode(Text.self, forKey: $0).value])
            }
            .sorted { $0.file.precedes($1.file) }
        }
    }

    struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    /// A label as text or as a number.
    struct Text: Decodable {
        let value: String
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                value = String(number)
            } else {
                value = try container.decode(String.self)
            }
        }
    }

    /// Object detection has several annotations an image too; those of one category make one label.
    struct Coco: Decodable {
        struct Image: Decodable {
            var id: Int
            var fileName: String
            enum CodingKeys: String, CodingKey {
                case id
                case fileName = "file_name"
            }
        }
        struct Annotation: Decodable {
            var imageID, categoryID: Int
            enum CodingKeys: String, CodingKey {
                case imageID = "image_id"
                case categoryID = "category_id"
            }
        }
        struct Category: Decodable { var id: Int, name: String }
        var images: [Image]
        var annotations: [Annotation]
        var categories: [Category]

        var entries: [Entry] {
            var names: [Int: String] = [:]
            for category in categories { names[category.id] = category.name }
            var labels: [Int: [String]] = [:]
            for one in annotations {
                labels[one.imageID, default: []].append(names[one.categoryID] ?? "category \(one.categoryID)")
            }
            return images.map { Entry(file: $0.fileName, labels: labels[$0.id] ?? [], split: nil) }
        }
    }

    /// A task of Label Studio, or an entry of a plain list.
    struct Task: Decodable {
        struct Annotation: Decodable {
            struct Result: Decodable {
                struct Value: Decodable { var choices: [String]? }
                var value: Value?
            }
            var result: [Result]?
            var wasCancelled: Bool?
            enum CodingKeys: String, CodingKey {
                case result
                case wasCancelled = "was_cancelled"
            }
        }
        let entry: Entry

        init(from decoder: any Decoder) throws {
            let keys = try decoder.container(keyedBy: Key.self)
            func text(_ names: [String]) throws -> String? {
                for name in names where keys.contains(Key(name)) {
                    return try keys.decode(Text.self, forKey: Key(name)).value
                }
                return nil
            }
            let split = try text(["split", "set", "subset"])
            if keys.contains(Key("data")) {
                let data = try keys.decode([String: Text].self, forKey: Key("data"))
                let file = data["image"] ?? data["img"] ?? (data.count == 1 ? data.first?.value : nil)
                let annotations = try keys.decodeIfPresent([Annotation].self, forKey: Key("annotations")) ?? []
                let choices = annotations.filter { $0.wasCancelled != true }.flatMap { $0.result ?? [] }
                    .flatMap { $0.value?.choices ?? [] }
                entry = Entry(file: file?.value ?? "", labels: choices, split: split)
                return
            }
            let file = try text(["file", "file_name", "filename", "path", "image", "img"]) ?? ""
            let label = try text(["label", "class", "category", "choice"])
            entry = Entry(file: file, labels: label.map { [$0] } ?? [], split: split)
        }
    }

    static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.dataCorrupted(let context): context.debugDescription
        case DecodingError.keyNotFound(let key, let context):
            "\(place(context.codingPath)) has no \"\(key.stringValue)\""
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "\(place(context.codingPath)) is not of the kind it should be"
        default: error.localizedDescription
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.isEmpty ? "it" : path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
}
