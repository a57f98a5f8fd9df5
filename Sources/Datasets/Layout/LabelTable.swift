/// The rows of a `labels.csv`, or of JSON that says the same: which file has which label, and perhaps is in which split.
struct LabelTable {
    struct Row: Equatable {
        /// In the table's words, `/` between folders.
        var file: String
        var label: String
        var split: Split?
        /// Of the table; of JSON, the entry's number.
        var line: Int
    }

    /// Far more than the paths of as many images as an entry limit allows.
    static let largestBytes = 1 << 30
    static let shownMistakes = 20

    private(set) var rows: [Row] = []
    private(set) var hasSplit = false
    private(set) var notes: [String] = []
    private var isJSON = false

    init(rows: [Row], hasSplit: Bool, notes: [String], isJSON: Bool) {
        self.rows = rows
        self.hasSplit = hasSplit
        self.notes = notes
        self.isJSON = isJSON
    }

    /// Where a row stands, for messages.
    func place(of row: Row, in path: String) -> String { isJSON ? "\(path), entry \(row.line)" : "\(path):\(row.line)" }

    private struct Columns {
        var file = 0
        var label = 1
        var split: Int?
        var count: Int
    }

    /// - Parameters:
    ///   - path: of the table, for messages.
    ///   - isFile: whether there is a file of this name, to tell a header from a first row.
    init(_ table: TableFile, isFile: (String) -> Bool) throws(DatasetError) {
        if Self.isJSON(path: table.path) {
            self = try LabelTable(json: table, isFile: isFile)
            return
        }
        var reader = CSVReader(table.bytes)
        if table.bytes.starts(with: [0xFF, 0xFE]) || table.bytes.starts(with: [0xFE, 0xFF]) {
            throw DatasetError(
                "dataset.labels", "the table is in UTF-16", at: table.path, fix: CSVReader.Failure.notUTF8(line: 1).fix)
        }
        guard let first = try Self.next(&reader, table.path) else {
            throw DatasetError(
                "dataset.labels", "the table is empty", at: table.path,
                fix: "write a line `file,label` and then a line for each image")
        }
        var mistakes: [String] = []
        let columns = try Self.columns(first, table.path, isFile)
        if let header = columns.header {
            let used = [header.file, header.label, header.split]
            let unused = first.fields.indices.filter { !used.contains($0) }.map { first.fields[$0] }
            if !unused.isEmpty {
                notes.append("\(table.path): columns that are not used: \(unused.joined(separator: ", "))")
            }
        } else {
            add(first, columns.all, &mistakes)
        }
        hasSplit = columns.all.split != nil
        while let record = try Self.next(&reader, table.path) { add(record, columns.all, &mistakes) }
        guard mistakes.isEmpty else {
            throw DatasetError(
                "dataset.labels", "\(mistakes.count.of("line")) of the table cannot be used",
                at: "\(table.path):\(mistakes[0].prefix { $0 != ":" }.dropFirst(5))",
                fix: "correct these lines; each is a file, its label, and perhaps its split (\(Split.names))",
                details: Array(mistakes.prefix(Self.shownMistakes)))
        }
    }

    private mutating func add(_ record: CSVReader.Record, _ columns: Columns, _ mistakes: inout [String]) {
        func mistake(_ what: String) { mistakes.append("line \(record.line): \(what)") }
        guard record.fields.count == columns.count else {
            let needed = columns.count.of("field")
            return mistake("\(record.fields.count.of("field")) where there should be \(needed)")
        }
        let file = Self.trimmed(record.fields[columns.file])
        let label = Self.trimmed(record.fields[columns.label])
        if file.isEmpty { return mistake("no file is named") }
        if label.isEmpty { return mistake("\(file) has no label") }
        var split: Split?
        if let column = columns.split {
            let name = Self.trimmed(record.fields[column])
            split = Split(folder: name)
            if split == nil { return mistake("\"\(name)\" is not a split: write \(Split.names)") }
        }
        rows.append(Row(file: file, label: label, split: split, line: record.line))
    }

    private static func next(_ reader: inout CSVReader, _ path: String) throws(DatasetError) -> CSVReader.Record? {
        do throws(CSVReader.Failure) {
            return try reader.next()
        } catch {
            throw DatasetError("dataset.labels", error.what, at: "\(path):\(error.line)", fix: error.fix)
        }
    }

    private static func columns(
        _ first: CSVReader.Record, _ path: String, _ isFile: (String) -> Bool
    ) throws(DatasetError) -> (all: Columns, header: Columns?) {
        let names = first.fields.map { trimmed($0).lowercased() }
        func column(_ meanings: Set<String>) -> Int? { names.firstIndex { meanings.contains($0) } }
        let count = names.count
        if let file = column(["file", "filename", "file_name", "path", "filepath", "image", "img"]),
            let label = column(["label", "labels", "class", "class_name", "classname", "category", "target"]),
            file != label
        {
            let split = column(["split", "set", "subset", "partition"])
            let header = Columns(file: file, label: label, split: split, count: count)
            return (header, header)
        }
        if (2...3).contains(count), isFile(trimmed(first.fields[0])) {
            return (Columns(split: count == 3 ? 2 : nil, count: count), nil)
        }
        throw DatasetError(
            "dataset.labels", "the first line is neither a header nor a file of the dataset and its label",
            at: "\(path):\(first.line)", fix: "begin the table with the line `file,label` or `file,label,split`")
    }

    private static func trimmed(_ field: String) -> String {
        let isSpace = { (byte: UInt8) in byte == 32 || byte == 9 }
        let bytes = field.utf8.drop(while: isSpace)
        guard let last = bytes.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(field[bytes.startIndex...last])
    }
}

extension DatasetError {
    static func tableTooLarge(_ path: String) -> DatasetError {
        DatasetError(
            "dataset.labels", "the table has more than \(LabelTable.largestBytes.grouped) bytes", at: path,
            fix: "give a table with a line for each image, and nothing else in it")
    }
}
