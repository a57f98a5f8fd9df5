/// Images that a file holds as plain records, one after another: rows of a matrix, not image files.
protocol RecordImages {
    /// Path of the file, which the images' paths begin with.
    var path: String { get }
    var count: Int { get }
    var split: Split? { get }
    /// The class's number.
    func label(_ index: Int) -> Int
    /// As a PNG file.
    func image(_ index: Int) -> [UInt8]
}

extension RecordImages {
    /// The path of an image: that of its file, and its number in it from 0, with as many digits as the last has.
    func path(_ index: Int) -> String {
        let digits = String(index)
        let width = String(max(count - 1, 0)).utf8.count
        return "\(path)/\(String(repeating: "0", count: width - digits.utf8.count))\(digits).png"
    }
}

/// A file of the dataset that is not an image and not a table, in memory.
struct Member {
    /// From the dataset's top.
    var path: String
    var bytes: [UInt8]

    /// The last component, in small letters.
    var name: String { FileNames.last(path).lowercased() }
    /// The path's folder, ending in `/`, or empty.
    var folder: String { String(path.dropLast(FileNames.last(path).count)) }

    func error(_ what: String, byte offset: Int, fix: String) -> DatasetError {
        DatasetError("dataset.records", what, at: "\(path), byte \(offset.grouped)", fix: fix)
    }
}

extension FileNames {
    static func last(_ path: String) -> Substring {
        path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
    }
}

/// How labels were found that no table of the user's gives. The names are those of tables made in their stead: they
/// begin with a dot, as no file that is looked at does.
enum MadeTable: String, CaseIterable {
    case idx = ".idx.csv"
    case cifar = ".cifar.csv"
    case webDataset = ".webdataset.csv"

    /// - Parameter path: of a table.
    init?(path: String) { self.init(rawValue: String(FileNames.last(path))) }

    /// What the dataset consists of, for people.
    var description: String {
        switch self {
        case .idx: "IDX files, as of MNIST"
        case .cifar: "binary files of CIFAR"
        case .webDataset: "shards of a WebDataset"
        }
    }

    func table(folder: String, _ rows: some Collection<(file: String, label: String, split: Split?)>) -> TableFile {
        // Where some say where they belong, the others are for training.
        let hasSplits = rows.contains { $0.split != nil }
        var text = hasSplits ? "file,label,split\n" : "file,label\n"
        for row in rows {
            let split = hasSplits ? ",\(row.split ?? .train)" : ""
            text += "\(Self.quoted(row.file)),\(Self.quoted(row.label))\(split)\n"
        }
        return TableFile(path: folder + rawValue, bytes: Array(text.utf8))
    }

    private static func quoted(_ field: String) -> String { "\"\(field.replacing("\"", with: "\"\""))\"" }
}
