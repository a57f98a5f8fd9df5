/// Images beside a `labels.csv` or its like in JSON; or a table in each of the folders train/, val/ and test/.
enum TableLayout {
    /// `nil` where the labels are not given by tables.
    static func find(_ inventory: Inventory, path: String) throws(DatasetError) -> Layout? {
        let tables = tables(inventory)
        guard !tables.isEmpty else { return nil }
        var layout = Layout(description: "", classes: [], images: [], missing: [], notes: [])
        let files = Files(inventory)
        var names = ClassNames()
        var seen: [String: Labelled] = [:]
        var mistakes: [(place: String, what: String)] = []
        var hasSplit = false
        for (table, folder, split) in tables {
            let read = try LabelTable(table) { files.find($0, in: folder) != nil }
            hasSplit = hasSplit || read.hasSplit || split != nil
            layout.notes += read.notes
            var repeated = 0
            for row in read.rows {
                let place = read.place(of: row, in: table.path)
                guard let name = files.path(row.file, in: folder) else {
                    mistakes.append((place, "\(row.file) leads out of the dataset"))
                    continue
                }
                let labelled = Labelled(label: row.label, split: split ?? row.split, place: place)
                if let before = seen.updateValue(labelled, forKey: name) {
                    if before.label == row.label && before.split == labelled.split {
                        repeated += 1
                    } else {
                        mistakes.append((place, "\(row.file) is labelled otherwise at \(before.place)"))
                    }
                    continue
                }
                guard let file = files[name] else {
                    layout.missing.append(
                        LeftOutFile(path: name, reason: "named at \(place), but there is no such file"))
                    continue
                }
                guard file.row >= 0 else {
                    layout.missing.append(
                        LeftOutFile(path: name, reason: "labelled at \(place), but not a PNG or JPEG image"))
                    continue
                }
                layout.images.append(
                    Layout.Image(
                        path: file.path, row: file.row, label: names.number(row.label), split: labelled.split))
            }
            if repeated > 0 { layout.notes.append("\(table.path) names \(repeated.of("file")) more than once") }
        }
        if let first = mistakes.first {
            throw DatasetError(
                "dataset.labels", "\(mistakes.count.of("line")) of the table cannot be used", at: first.place,
                fix: "name each file once, by its path from the folder the table is in",
                details: mistakes.prefix(20).map { "\($0.place): \($0.what)" })
        }
        layout.images.sort { $0.path.precedes($1.path) }
        layout.classes = names.sorted(&layout.images)
        layout.description =
            MadeTable(path: tables[0].0.path)?.description
            ?? (tables.count > 1
                ? "a \(name(tables[0].0)) for each split"
                : "images with a \(name(tables[0].0))" + (hasSplit ? " that names splits" : ""))
        let unnamed = inventory.files.filter { $0.row >= 0 && seen[$0.path] == nil }
        layout.takeUnlabelled(from: unnamed)
        let unused = unnamed.map(\.path).filter { !UnlabelledFolder.holds($0) }
        if !unused.isEmpty {
            layout.notes.append(
                "\(unused.count.of("image is", "images are")) "
                    + (MadeTable(path: tables[0].0.path) == nil ? "not in \(name(tables[0].0))" : "without a label")
                    + " and not used: "
                    + Layout.some(unused, unused.count))
        }
        return layout
    }

    private static func name(_ table: TableFile) -> String { String(table.path.split(separator: "/").last ?? "") }

    private struct Labelled {
        var label: String
        var split: Split?
        var place: String
    }

    /// The tables that count, with their folders (ending in `/`, or empty) and the split these stand for.
    private static func tables(_ inventory: Inventory) -> [(TableFile, folder: String, Split?)] {
        if let top = inventory.tables.first(where: { !$0.path.utf8.contains(UInt8(ascii: "/")) }) {
            return [(top, "", nil)]
        }
        return inventory.tables.compactMap { table in
            let parts = table.path.split(separator: "/")
            guard parts.count == 2, let split = Split(folder: parts[0]) else { return nil }
            return (table, parts[0] + "/", split)
        }
    }

    private struct Files {
        private var files: [String: ScannedFile] = [:]

        init(_ inventory: Inventory) {
            files.reserveCapacity(inventory.files.count)
            for file in inventory.files { files[file.path] = file }
        }

        subscript(path: String) -> ScannedFile? { files[path] }

        /// The path from the dataset's top; `nil` where it leads out of it.
        func path(_ name: String, in folder: String) -> String? {
            let plain = folder + name
            if files[plain] != nil { return plain }
            // Written under Windows, or with `./`.
            guard case .success(let path) = EntryPath.normal(name.replacing("\\", with: "/")), !path.isEmpty else {
                return nil
            }
            return folder + path
        }

        func find(_ name: String, in folder: String) -> ScannedFile? { path(name, in: folder).flatMap { files[$0] } }
    }
}
