/// A folder for each class, with or without folders of splits above them.
enum FolderLayout {
    static func find(_ inventory: Inventory, path: String) throws(DatasetError) -> Layout {
        let all = inventory.files.filter { $0.row >= 0 }
        let images = all.filter { !UnlabelledFolder.holds($0.path) }
        let splits = try splits(of: images, path)
        var layout = Layout(description: "", classes: [], images: [], missing: [], notes: [])
        var names = ClassNames()
        var stray: [String] = []
        var beside: [String] = []
        // Files come sorted, so that the folder is mostly that of the file before.
        var last: (folder: Substring.UTF8View, label: Int32, split: Split?)?
        for image in images {
            let bytes = image.path.utf8[...]
            if let last, bytes.starts(with: last.folder) {
                layout.images.append(
                    Layout.Image(path: image.path, row: image.row, label: last.label, split: last.split))
                continue
            }
            var parts = FolderParts(bytes)
            var split: Split?
            if !splits.isEmpty {
                guard let top = parts.next(), let found = splits[top] else {
                    beside.append(image.path)
                    continue
                }
                split = found
            }
            guard let name = parts.next() else {
                stray.append(image.path)
                continue
            }
            let label = names.number(name)
            last = (parts.taken, label, split)
            layout.images.append(Layout.Image(path: image.path, row: image.row, label: label, split: split))
        }
        layout.classes = names.sorted(&layout.images)
        layout.takeUnlabelled(from: all)
        layout.description = images.isEmpty ? "images without labels" : description(splits)
        layout.notes = notes(splits, stray: stray, beside: beside)
        for table in inventory.tables { layout.notes.append("\(table.path) lies in a folder of images and is ignored") }
        return layout
    }

    /// The folders at the top that are splits, where the dataset has such; otherwise none is, whatever its name.
    ///
    /// A folder of a split has folders of classes in it: `train/` with images right in it is a class of trains.
    private static func splits(of images: [ScannedFile], _ path: String) throws(DatasetError) -> [String: Split] {
        var splits: [String: Split] = [:]
        var classes: [String] = []
        var last: Substring.UTF8View?
        for image in images {
            let bytes = image.path.utf8[...]
            if let last, bytes.starts(with: last) { continue }
            var parts = FolderParts(bytes)
            guard let top = parts.next() else { continue }
            let hasClass = parts.next() != nil
            if let split = Split(folder: top) {
                if hasClass { splits[top] = split }
            } else {
                classes.append(top)
            }
            if hasClass || Split(folder: top) == nil { last = parts.taken }
        }
        if splits.values.contains(.train) { return splits }
        if !splits.isEmpty && classes.isEmpty {
            let names = splits.keys.sorted { $0.precedes($1) }.map { "\($0)/" }.joined(separator: " and ")
            throw DatasetError(
                "dataset.layout", "there is \(names) but no train/", at: path,
                fix: "name the folder of the training images train/; where there is only one set of images, put the "
                    + "folders of its classes at the top: it is split then")
        }
        return [:]
    }

    private static func description(_ splits: [String: Split]) -> String {
        let names = Split.allCases.flatMap { split in
            splits.filter { $0.value == split }.keys.sorted { $0.precedes($1) }.map { "\($0)/" }
        }
        guard let last = names.last else { return "a folder a class" }
        let list = names.count == 1 ? last : names.dropLast().joined(separator: ", ") + " and " + last
        return "a folder a class, with \(list)"
    }

    private static func notes(_ splits: [String: Split], stray: [String], beside: [String]) -> [String] {
        var notes: [String] = []
        for split in Split.allCases {
            let names = splits.filter { $0.value == split }.keys.sorted { $0.precedes($1) }.map { "\($0)/" }
            if names.count > 1 { notes.append("\(names.joined(separator: " and ")) are taken for one split") }
        }
        if !stray.isEmpty {
            notes.append(
                "\(stray.count.of("image is", "images are")) in no folder of a class and not used: "
                    + Layout.some(stray, stray.count))
        }
        if !beside.isEmpty {
            notes.append(
                "\(beside.count.of("image is", "images are")) in no folder of a split and not used: "
                    + Layout.some(beside, beside.count))
        }
        return notes
    }
}

/// The folders of a path, one after another.
struct FolderParts {
    private let path: Substring.UTF8View
    private var position: Substring.UTF8View.Index

    init(_ path: Substring.UTF8View) {
        self.path = path
        position = path.startIndex
    }

    /// `nil` for the file itself.
    mutating func next() -> String? {
        guard let slash = path[position...].firstIndex(of: UInt8(ascii: "/")) else { return nil }
        defer { position = path.index(after: slash) }
        return String(path[position..<slash])
    }

    /// The folders so far, with their last `/`.
    var taken: Substring.UTF8View { path[..<position] }
}
