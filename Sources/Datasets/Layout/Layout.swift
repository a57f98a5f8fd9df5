/// Which image has which label, before the dataset is split.
struct Layout: Equatable {
    struct Image: Equatable {
        var path: String
        var row: Int32
        /// Index into `classes`.
        var label: Int32
        /// Where the dataset says it belongs; `nil`: it is to be decided.
        var split: Split?
    }

    /// For people: "a folder a class, with train/ and test/".
    var description: String
    /// Sorted by their UTF-8 bytes.
    var classes: [String]
    /// Sorted by path.
    var images: [Image]
    /// Training images that nobody has labelled, sorted by path: of label -1.
    var unlabelled: [Image] = []
    /// Files that have a label and are not images, or not there.
    var missing: [LeftOutFile]
    var notes: [String]

    /// - Parameters:
    ///   - inventory: settled, without the folders that are looked through.
    ///   - path: of the dataset, for messages.
    static func find(_ inventory: Inventory, path: String) throws(DatasetError) -> Layout {
        guard inventory.rows > 0 else { throw empty(inventory, path) }
        var layout: Layout
        if let byTable = try TableLayout.find(inventory, path: path) {
            layout = byTable
        } else {
            layout = try FolderLayout.find(inventory, path: path)
        }
        layout.notes += ignored(inventory)
        if layout.images.isEmpty, !layout.unlabelled.isEmpty { return layout.withoutLabels() }
        guard !layout.images.isEmpty else {
            throw DatasetError(
                "dataset.layout", "no image has a label", at: path, fix: howTo, details: layout.notes)
        }
        guard layout.classes.count >= 2 else {
            throw DatasetError(
                "dataset.classes", "there is only one class, `\(layout.classes[0])`: nothing can be told apart",
                at: path, fix: howTo, details: layout.notes)
        }
        return layout
    }

    /// Images in `unlabelled/`.
    mutating func takeUnlabelled(from files: [ScannedFile]) {
        unlabelled = files.filter { UnlabelledFolder.holds($0.path) }
            .map { Image(path: $0.path, row: $0.row, label: -1, split: .train) }
    }

    /// Whether there is no label at all: its images are then one class, to be split, which has no name.
    var isWithoutLabels: Bool { classes == [""] }

    private func withoutLabels() -> Layout {
        var layout = self
        layout.classes = [""]
        layout.images = unlabelled.map { Image(path: $0.path, row: $0.row, label: 0, split: nil) }
        layout.unlabelled = []
        return layout
    }

    static let howTo =
        "put the images of each class into a folder named for the class, with or without train/, val/ and test/ above "
        + "them, or put a labels.csv with the columns file,label beside the images; where there are no labels and a teacher's file "
        + "instead, put all images into unlabelled/"

    private static func empty(_ inventory: Inventory, _ path: String) -> DatasetError {
        let others = inventory.files.count
        let what =
            others == 0 && inventory.unusable.isEmpty
            ? "there is nothing in it" : "there are no PNG or JPEG images in it, but \(others.of("other file"))"
        return DatasetError(
            "dataset.empty", what, at: path, fix: howTo,
            details: inventory.unusable.prefix(10).map { "\($0.path): \($0.reason)" }
                + inventory.files.prefix(10).map { "\($0.path): not an image" })
    }

    private static func ignored(_ inventory: Inventory) -> [String] {
        let others = inventory.files.lazy.filter { $0.row < 0 }.map(\.path)
        let count = others.reduce(0) { count, _ in count + 1 }
        return count == 0 ? [] : ["\(count.of("file is", "files are")) no images and ignored: \(some(others, count))"]
    }

    /// The first few names of many.
    static func some(_ names: some Sequence<String>, _ count: Int) -> String {
        names.prefix(3).joined(separator: ", ") + (count > 3 ? ", ..." : "")
    }
}

/// Gives numbers to the names of classes.
struct ClassNames {
    private var numbers: [String: Int32] = [:]
    private var names: [String] = []

    mutating func number(_ name: String) -> Int32 {
        if let number = numbers[name] { return number }
        let number = Int32(names.count)
        numbers[name] = number
        names.append(name)
        return number
    }

    /// The names sorted by bytes, and the images' labels changed to match.
    func sorted(_ images: inout [Layout.Image]) -> [String] {
        let order = names.indices.sorted { names[$0].precedes(names[$1]) }
        var place = [Int32](repeating: 0, count: names.count)
        for (new, old) in order.enumerated() { place[old] = Int32(new) }
        for i in images.indices { images[i].label = place[Int(images[i].label)] }
        return order.map { names[$0] }
    }
}
