/// A file of a dataset as its source found it, before anyone knows what label it has.
struct ScannedFile: Equatable, Sendable {
    /// Relative, normal (no `.`, `..` or empty components), with `/` between components.
    var path: String
    /// The image's row of pixels, numbered in the order of the source; -1: not an image.
    ///
    /// An image is what begins like one, or is named like one: that may turn out to be broken.
    var row: Int32
}

/// A `labels.csv`.
struct TableFile: Equatable, Sendable {
    var path: String
    var bytes: [UInt8]
}

/// What is said of a source that has no part in the hash of its content.
struct SourceRemarks: Codable, Equatable, Sendable {
    var notes: [String]
    /// Paths of files that are neither images nor tables.
    var others: [String]
}

/// Everything a source found by going through all of it once.
struct Inventory: Equatable, Sendable {
    /// Images, and other files that are not litter.
    var files: [ScannedFile] = []
    /// Every `labels.csv`.
    var tables: [TableFile] = []
    /// Files that cannot be read at all: links, devices, images over the limit on a file's bytes.
    var unusable: [LeftOutFile] = []
    var notes: [String] = []
    /// Files and folders, with those ignored.
    var entries = 0
    /// Bytes of the images.
    var bytes = 0
    /// Rows of images: one more than the largest.
    var rows = 0

    /// What another source of the same content may say otherwise.
    var remarks: SourceRemarks {
        get { SourceRemarks(notes: notes, others: files.filter { $0.row < 0 }.map(\.path)) }
        set {
            notes = newValue.notes
            files = files.filter { $0.row >= 0 } + newValue.others.map { ScannedFile(path: $0, row: -1) }
            files.sort { $0.path.precedes($1.path) }
        }
    }

    /// Sorts everything by path, so that the order of the source no longer matters.
    mutating func settle() {
        func isSorted() -> Bool {
            for i in files.indices.dropFirst() where !files[i - 1].path.precedes(files[i].path) { return false }
            return true
        }
        if !isSorted() {
            files = files.enumerated()
                .sorted {
                    let order = $0.1.path.bytesCompared(to: $1.1.path)
                    return order == 0 ? $0.0 < $1.0 : order < 0
                }
                .map(\.1)
            dropRepeated()
        }
        tables.sort { $0.path.precedes($1.path) }
        unusable.sort { $0.path.precedes($1.path) }
    }

    /// Of entries with the same path the last one counts, as when an archive is unpacked.
    private mutating func dropRepeated() {
        var kept: [ScannedFile] = []
        kept.reserveCapacity(files.count)
        var repeated = 0
        for file in files {
            if let last = kept.last, last.path.hasSameBytes(file.path) {
                kept.removeLast()
                repeated += 1
            }
            kept.append(file)
        }
        files = kept
        if repeated > 0 {
            notes.append(
                "\(repeated.of("file is", "files are")) in the archive more than once: the last of each counts")
        }
    }

    /// Takes off folders that hold the whole dataset, such as the `screws/` of an archive made of that folder.
    ///
    /// A single folder that holds images itself is a class, and one named like a split is a split: they stay, and so
    /// does `unlabelled/`.
    mutating func lookThroughTop() {
        var top = ""
        while let folder = singleFolder(below: top) { top += folder + "/" }
        guard !top.isEmpty else { return }
        let count = top.utf8.count
        func stripped(_ path: String) -> String? {
            path.utf8.starts(with: top.utf8) ? String(path.utf8.dropFirst(count)) ?? path : nil
        }
        // What lies beside the folder is neither an image nor a table.
        files = files.compactMap { file in
            stripped(file.path).map { ScannedFile(path: $0, row: file.row) }
        }
        tables = tables.compactMap { table in
            stripped(table.path).map { TableFile(path: $0, bytes: table.bytes) }
        }
        unusable = unusable.map { LeftOutFile(path: stripped($0.path) ?? $0.path, reason: $0.reason) }
        notes.append("the dataset is all of \(top): paths are given from there")
    }

    /// The one folder below `top` that all images and tables are in, where it holds folders or a table of labels.
    private func singleFolder(below top: String) -> String? {
        let skip = top.utf8.count
        var found: Substring.UTF8View?
        var hasFolders = false
        for path in files.lazy.filter({ $0.row >= 0 }).map(\.path) + tables.map(\.path) {
            let rest = path.utf8.dropFirst(skip)
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return nil }
            let folder = rest[..<slash]
            if let found {
                guard found.elementsEqual(folder) else { return nil }
            } else {
                found = folder
            }
            let inside = rest[rest.index(after: slash)...]
            if !hasFolders { hasFolders = inside.contains(UInt8(ascii: "/")) || FileNames.isLabels(path: path) }
        }
        guard hasFolders, let found, let name = String(found), Split(folder: name) == nil,
            !UnlabelledFolder.isNamed(name)
        else { return nil }
        return name
    }
}
