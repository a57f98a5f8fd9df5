/// Files with many images in each, which are read as a whole: IDX files and those of CIFAR.
struct PackedMembers {
    /// Of all of them together, unpacked: they are held in memory while their images are decoded.
    static let largestBytes = 2 << 30

    private(set) var members: [Member] = []
    /// Those that had no room.
    private(set) var tooLarge: [String] = []
    private var bytes = 0

    static func isNamed(path: String) -> Bool {
        let name = FileNames.last(path).lowercased()
        return IDXFile.isNamed(name) || CIFARImages.isNamed(name)
    }

    var paths: [String] { members.map(\.path) + tooLarge }
    /// Bytes that the next may have.
    var room: Int { Self.largestBytes - bytes }

    /// - Parameter content: the whole file; `nil` where it has more bytes than there is room for.
    mutating func add(_ path: String, _ content: [UInt8]?) throws(DatasetError) {
        guard var content else {
            tooLarge.append(path)
            return
        }
        var name = path
        if path.lowercased().hasSuffix(".gz") {
            guard let unpacked = try Gunzip.unpack(content, path: path, limit: room) else {
                tooLarge.append(path)
                return
            }
            (name, content) = (String(path.dropLast(3)), unpacked)
        }
        bytes += content.count
        members.append(Member(path: name, bytes: content))
    }

    /// The images in them, in the order of their files' paths, and the table of their labels; `nil`: there are none.
    func images() throws(DatasetError) -> (images: [any RecordImages], table: TableFile)? {
        if let path = tooLarge.first {
            throw DatasetError(
                "dataset.records", "files of records have more than \(Self.largestBytes.grouped) bytes together",
                at: path, fix: "give the images as files in an archive, such as shards of a WebDataset")
        }
        let sorted = members.sorted { $0.path.precedes($1.path) }
        let idx = try IDXImages.pair(sorted.filter { IDXFile.isNamed($0.name) })
        if !idx.isEmpty { return (idx, Self.table(.idx, idx, names: [])) }
        var cifar: [CIFARImages] = []
        for member in sorted where !CIFARImages.isNames(member.name) && CIFARImages.isNamed(member.name) {
            cifar.append(try CIFARImages(member))
        }
        guard !cifar.isEmpty else { return nil }
        let names = sorted.first { CIFARImages.isNames($0.name) }
            .map { $0.bytes.split { $0 == 10 || $0 == 13 }.map { FileNames.text($0).text } }
        return (cifar, Self.table(.cifar, cifar, names: names ?? []))
    }

    private static func table(_ kind: MadeTable, _ files: [any RecordImages], names: [String]) -> TableFile {
        let folder = commonFolder(files.map(\.path))
        let rows = files.lazy.flatMap { file in
            (0..<file.count).lazy.map { i in
                let number = file.label(i)
                return (
                    file: String(file.path(i).dropFirst(folder.count)),
                    label: names.indices.contains(number) ? names[number] : String(number), split: file.split
                )
            }
        }
        return kind.table(folder: folder, rows)
    }

    /// The folder that all are in, ending in `/`, or empty.
    static func commonFolder(_ paths: [String]) -> String {
        guard var common = paths.first.map({ $0.split(separator: "/").dropLast() }) else { return "" }
        for path in paths.dropFirst() {
            let folders = path.split(separator: "/").dropLast()
            common = common.prefix(zip(common, folders).prefix { $0 == $1 }.count)
        }
        return common.map { $0 + "/" }.joined()
    }
}
