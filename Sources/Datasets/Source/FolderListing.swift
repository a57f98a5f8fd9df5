import CFiles
import Glibc
import Manifests

/// The files below a folder, found without following a single link.
struct FolderListing {
    struct Folder {
        /// Relative to the top, ending in `/`; empty for the top.
        var path: String
        /// Names as the file system has them, each with its final zero.
        var names: [[CChar]]
    }

    struct File {
        /// Index into `folders`.
        var folder: Int32
        /// Relative to the top.
        var path: String
        /// With its final zero.
        var name: [CChar]
        var bytes: Int
    }

    /// Deeper folders than any dataset has, before a loop of mounts fills the memory.
    private static let deepest = 64

    private(set) var folders = [Folder(path: "", names: [])]
    /// Regular files that are not litter, sorted by path.
    private(set) var files: [File] = []
    private(set) var unusable: [LeftOutFile] = []
    private(set) var notes: [String] = []
    private(set) var entries = 0
    private var oddNames = 0

    init(_ top: DatasetFile, limits: Limits, shouldStop: () -> Bool) throws(DatasetError) {
        var next = 0
        while next < folders.count {
            if shouldStop() { throw .stopped }
            try list(next, in: top, limits)
            next += 1
        }
        files.sort { $0.path.precedes($1.path) }
        if oddNames > 0 {
            notes.append("\(oddNames.of("name is", "names are")) not in UTF-8 and shown as if in Latin-1")
        }
    }

    /// Opens a folder, on the way to which no link is followed.
    static func open(_ folder: Folder, in top: DatasetFile) throws(DatasetError) -> Int32 {
        // Names with slashes between them, and a zero at the end.
        var path: [CChar] = []
        for name in folder.names { path += name.dropLast() + [CChar(bitPattern: UInt8(ascii: "/"))] }
        path.append(0)
        let descriptor = beneath_open(top.descriptor, path, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else {
            let path = "\(top.path)/\(folder.path)"
            // It was a folder when it was listed.
            let changed = [ENOENT, ELOOP, ENOTDIR].contains(errno)
            throw changed ? .changed(path) : .unreadable(path, errno: errno)
        }
        return descriptor
    }

    private mutating func list(_ index: Int, in top: DatasetFile, _ limits: Limits) throws(DatasetError) {
        let folder = folders[index]
        let descriptor = try Self.open(folder, in: top)
        guard let stream = fdopendir(descriptor) else {
            let code = errno
            close(descriptor)
            throw .unreadable("\(top.path)/\(folder.path)", errno: code)
        }
        defer { closedir(stream) }
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw .unreadable("\(top.path)/\(folder.path)", errno: errno) }
                return
            }
            let name = Self.name(of: entry)
            if name == [46, 0] || name == [46, 46, 0] { continue }
            entries += 1
            if entries > limits.datasetEntries {
                throw .limit(
                    "datasetEntries", limits.datasetEntries, "the folder holds more files and folders than are allowed",
                    at: top.path)
            }
            try add(name, to: index, descriptor, top, limits)
        }
    }

    private mutating func add(
        _ name: [CChar], to index: Int, _ descriptor: Int32, _ top: DatasetFile, _ limits: Limits
    ) throws(DatasetError) {
        let (text, isText) = FileNames.text(name.dropLast().map { UInt8(bitPattern: $0) })
        if FileNames.isIgnored(component: text) { return }
        if !isText { oddNames += 1 }
        let path = folders[index].path + text
        var status = stat()
        guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw errno == ENOENT ? .changed("\(top.path)/\(path)") : .unreadable("\(top.path)/\(path)", errno: errno)
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            guard folders[index].names.count < Self.deepest else {
                throw DatasetError(
                    "dataset.layout", "folders lie in each other more than \(Self.deepest) deep", at: path,
                    fix: "give a folder of images; a mount or copy of the folder into itself is the usual reason")
            }
            folders.append(Folder(path: path + "/", names: folders[index].names + [name]))
        case S_IFREG:
            let bytes = Int(status.st_size)
            if FileNames.looksLikeImage(path: path) && bytes > limits.imageFileBytes {
                unusable.append(.tooLarge(path, limit: limits.imageFileBytes))
            } else {
                files.append(File(folder: Int32(index), path: path, name: name, bytes: bytes))
            }
        case S_IFLNK: unusable.append(LeftOutFile(path: path, reason: "a symbolic link: links are not followed"))
        case S_IFIFO: unusable.append(LeftOutFile(path: path, reason: "a fifo, not a file"))
        case S_IFSOCK: unusable.append(LeftOutFile(path: path, reason: "a socket, not a file"))
        default: unusable.append(LeftOutFile(path: path, reason: "a device, not a file"))
        }
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> [CChar] {
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { fatalError("dirent has a name") }
        let start = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
        return Array(UnsafeBufferPointer(start: start, count: strlen(start) + 1))
    }
}
