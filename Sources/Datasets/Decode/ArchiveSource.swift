import Manifests

/// What an `ArchiveFeed` reads: an archive, or a folder whose images are within other files.
enum ArchiveSource {
    case file(DatasetFile)
    case folder(PackedFolder)

    /// A file to be read.
    struct Part {
        /// Of the folder; -1: the archive itself.
        var index: Int
        /// What paths in it begin with.
        var prefix: String
        var bytes: Int
    }

    var path: String {
        switch self {
        case .file(let file): file.path
        case .folder(let folder): folder.top.path
        }
    }

    /// Whether everything in an archive belongs to samples of a WebDataset.
    var areShards: Bool {
        if case .folder(let folder) = self { return folder.areShards }
        return false
    }

    var bytes: Int { parts.reduce(0) { $0 + $1.bytes } }

    /// In the order in which they are read.
    var parts: [Part] {
        switch self {
        case .file(let file): [Part(index: -1, prefix: "", bytes: file.bytes)]
        case .folder(let folder):
            folder.files.enumerated().map { Part(index: $0, prefix: $1.path + "/", bytes: $1.bytes) }
        }
    }

    /// What is known before anything is read.
    var inventory: Inventory {
        var inventory = Inventory()
        guard case .folder(let folder) = self else { return inventory }
        inventory.unusable = folder.listing.unusable
        inventory.notes = folder.listing.notes
        inventory.entries = folder.listing.entries
        inventory.files = folder.others.map { ScannedFile(path: $0, row: -1) }
        return inventory
    }

    func hash(shouldStop: () -> Bool) throws(DatasetError) -> String {
        switch self {
        case .file(let file): try ArchiveIndex.hash(file, shouldStop: shouldStop)
        case .folder(let folder): try folder.hash(shouldStop: shouldStop)
        }
    }

    func checkUnchanged() throws(DatasetError) {
        switch self {
        case .file(let file): try file.checkUnchanged()
        case .folder(let folder): try folder.checkUnchanged()
        }
    }

    /// The archive that a part is; `nil` where it is none: then its content has gone to `labels` or `members`.
    func open(
        _ part: Part, _ limits: Limits, labels: inout ShardLabels, members: inout PackedMembers
    ) throws(DatasetError) -> ArchiveReader? {
        let archive: DatasetFile
        switch self {
        case .file(let file): archive = file
        case .folder(let folder):
            let file = folder.files[part.index]
            guard PackedFolder.isShard(path: file.path), folder.areShards else {
                if folder.areShards {
                    guard let bytes = try folder.read(file, limit: LabelTable.largestBytes) else { return nil }
                    try labels.add(.names, file.path, bytes, place: file.path)
                } else {
                    try members.add(file.path, try folder.read(file, limit: members.room))
                }
                return nil
            }
            archive = try folder.open(file)
        }
        return try ArchiveReader(
            file: archive, format: try archive.archiveFormat(), limits: limits)
    }
}
