import Foundation

/// Labels that lie beside images under the same name: `0017.jpg` with `0017.cls`, as in the shards of a WebDataset.
///
/// The name up to its first dot is the sample's key, what follows its part. A part `cls` is the class as a number or a
/// name; a part `json` has it under one of a few keys. (https://github.com/webdataset/webdataset)
struct ShardLabels {
    private static let largestClass = 4 << 10
    private static let largestJSON = 1 << 20
    private static let jsonKeys = ["class_name", "label", "cls", "class"]
    private static let nameFiles: Set<String> = ["classes.txt", "labels.txt"]

    private var labels: [String: String] = [:]
    /// Of classes with numbers, from 0.
    private var names: [String] = []

    enum Part {
        case label, json, names

        var largestBytes: Int {
            switch self {
            case .label: ShardLabels.largestClass
            case .json: ShardLabels.largestJSON
            case .names: LabelTable.largestBytes
            }
        }
    }

    var isEmpty: Bool { labels.isEmpty }

    /// What a file is by its name; `nil`: nothing that is known here.
    ///
    /// - Parameter isShard: whether all of the archive is samples. In another one JSON is looked at at the top only: below
    ///   it, folders are classes, and JSON beside their images says something else.
    static func part(_ path: String, isShard: Bool) -> Part? {
        let name = FileNames.last(path)
        if name.hasSuffix(".cls") { return .label }
        if name.hasSuffix(".json"), isShard || !path.contains("/") { return .json }
        return nameFiles.contains(name.lowercased()) ? .names : nil
    }

    /// - Parameter place: of the file, for messages.
    mutating func add(_ part: Part, _ path: String, _ bytes: [UInt8], place: String) throws(DatasetError) {
        switch part {
        case .names: names = bytes.split { $0 == 10 || $0 == 13 }.map { FileNames.text($0).text }
        case .json:
            if let label = Self.label(json: bytes), labels[Self.key(path)] == nil { labels[Self.key(path)] = label }
        case .label:
            let text = bytes.last == 10 ? bytes.dropLast() : bytes[...]
            let bad = text.firstIndex { $0 < 32 }
            guard !text.isEmpty, bad == nil, let label = String(validating: text, as: UTF8.self) else {
                throw DatasetError(
                    "dataset.labels", "the file is not one line of text with the name or number of a class",
                    at: "\(place), byte \(bad ?? 0)", fix: "write the shard again with the class as text, such as 7")
            }
            labels[Self.key(path)] = label
        }
    }

    /// The table of the images that have labels.
    func table(_ images: some Sequence<String>) -> TableFile {
        MadeTable.webDataset.table(
            folder: "",
            images.compactMap { path in
                guard let label = labels[Self.key(path)] else { return nil }
                let name = Int(label).flatMap { names.indices.contains($0) ? names[$0] : nil }
                return (
                    file: path, label: name ?? label,
                    split: Split(words: String(path.dropLast(FileNames.last(path).count)))
                )
            })
    }

    private static func key(_ path: String) -> String {
        let name = FileNames.last(path)
        return String(path.dropLast(name.count)) + String(name.prefix { $0 != "." })
    }

    private static func label(json bytes: [UInt8]) -> String? {
        guard let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else { return nil }
        for key in jsonKeys {
            if let text = object[key] as? String, !text.isEmpty { return text }
            if let number = object[key] as? Int { return String(number) }
        }
        return nil
    }
}
