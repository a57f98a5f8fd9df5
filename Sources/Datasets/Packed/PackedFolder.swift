import Crypto
import Glibc
import Manifests

/// A folder whose images are all within other files: IDX files, those of CIFAR, or shards of a WebDataset.
struct PackedFolder {
    let top: DatasetFile
    let listing: FolderListing
    /// What the images are in, sorted by path.
    let files: [FolderListing.File]
    let areShards: Bool

    /// `nil` where the folder has images or tables of labels of its own, or nothing that is known to hold images.
    init?(_ top: DatasetFile, _ listing: FolderListing) {
        let isPlain = listing.files.contains {
            FileNames.looksLikeImage(path: $0.path) || FileNames.isLabels(path: $0.path)
        }
        if isPlain { return nil }
        let members = listing.files.filter { PackedMembers.isNamed(path: $0.path) }
        let shards = listing.files.filter { Self.isShard(path: $0.path) }
        guard !members.isEmpty || !shards.isEmpty else { return nil }
        areShards = members.isEmpty
        files = areShards ? listing.files.filter { Self.isShard(path: $0.path) || Self.isNames($0.path) } : members
        self.top = top
        self.listing = listing
    }

    static func isShard(path: String) -> Bool {
        let name = path.lowercased()
        return [".tar", ".tar.gz", ".tgz", ".tar.zst"].contains { name.hasSuffix($0) }
    }

    private static func isNames(_ path: String) -> Bool { ShardLabels.part(path, isShard: false) == .names }

    /// Files that images are not looked for in.
    var others: [String] {
        let used = Set(files.map(\.path))
        return listing.files.map(\.path).filter { !used.contains($0) }
    }

    var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

    /// SHA-256 of the files' paths and bytes.
    func hash(shouldStop: () -> Bool) throws(DatasetError) -> String {
        var hash = SHA256()
        for file in files {
            let own = try ArchiveIndex.hash(try open(file), shouldStop: shouldStop)
            hash.update(data: Array("\(file.path)\0\(own)\0".utf8))
        }
        return hash.finalize().hex
    }

    func open(_ file: FolderListing.File) throws(DatasetError) -> DatasetFile {
        let folder = try FolderListing.open(listing.folders[Int(file.folder)], in: top)
        defer { close(folder) }
        return try DatasetFile(entry: file.name, of: folder, path: "\(top.path)/\(file.path)", bytes: file.bytes)
    }

    /// Whether the files are still what they were when they were listed.
    func checkUnchanged() throws(DatasetError) {
        for file in files { try open(file).checkUnchanged() }
    }

    /// All of a file; `nil` where it has more than `limit` bytes.
    func read(_ file: FolderListing.File, limit: Int) throws(DatasetError) -> [UInt8]? {
        guard file.bytes <= limit else { return nil }
        let files = FolderFiles(top, listing)
        // What it reads lives as long as it does.
        defer { withExtendedLifetime(files) {} }
        do throws(FolderFiles.Failure) {
            return Array(try files.read(file))
        } catch {
            let path = "\(top.path)/\(file.path)"
            if let fatal = error.fatal(path) { throw fatal }
            guard case .cannotRead(let code) = error else { throw .changed(path) }
            throw .unreadable(path, errno: code)
        }
    }
}
