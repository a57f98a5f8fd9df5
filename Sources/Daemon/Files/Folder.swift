import Foundation

/// One level of a folder.
enum Folder {
    struct Entry {
        /// nil where the name's bytes are no UTF-8.
        var name: String?
        /// For messages.
        var shownName: String
        var status: FileStatus
    }

    /// The entries in the order of their names, without `.` and `..`; what vanishes meanwhile is left out.
    static func entries(of path: String) throws -> [Entry] {
        var entries: [Entry] = []
        try forEach(in: RawPath(path)) { raw, status in
            let bytes = UnsafeRawBufferPointer(start: raw, count: strlen(raw))
            let name = String(validating: bytes, as: UTF8.self)
            entries.append(
                Entry(
                    name: name, shownName: (name ?? String(decoding: bytes, as: UTF8.self)).shown, status: status))
        }
        return entries.sorted { $0.shownName < $1.shownName }
    }

    /// Calls `body` with the name and status of each entry, in the order of the file system.
    static func forEach(
        in path: RawPath, _ body: (UnsafePointer<CChar>, FileStatus) throws -> Void
    ) throws {
        let descriptor = Glibc.open(path.characters, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open the folder", path.text) }
        try forEach(in: descriptor, path, body)
    }

    /// - Parameter descriptor: of the folder; closed in the end.
    static func forEach(
        in descriptor: Int32, _ path: RawPath, _ body: (UnsafePointer<CChar>, FileStatus) throws -> Void
    ) throws {
        let stream = try stream(of: descriptor, path.text)
        defer { closedir(stream) }
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw FileError("list", path.text) }
                return
            }
            // `d_name` is declared as an array of fixed length; only its address is used.
            try withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                let name = UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self)
                if strcmp(name, ".") == 0 || strcmp(name, "..") == 0 { return }
                var status = stat()
                guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                    if errno == ENOENT { return }
                    throw FileError("examine", path.appending(name).text)
                }
                try body(name, FileStatus(status))
            }
        }
    }

    /// The names of the entries that are UTF-8, without their status: for folders of many entries.
    /// - Parameter isDropped: the folder is a user's, and must be no link.
    static func names(of path: String, isDropped: Bool = false) throws -> [String] {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (isDropped ? O_NOFOLLOW : 0))
        guard descriptor >= 0 else { throw FileError("open the folder", path) }
        let stream = try stream(of: descriptor, path)
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw FileError("list", path) }
                return names.sorted()
            }
            withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                let name = UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self)
                if strcmp(name, ".") == 0 || strcmp(name, "..") == 0 { return }
                if let name = String(validatingCString: name) { names.append(name) }
            }
        }
    }

    /// To be closed, and the descriptor with it.
    private static func stream(of descriptor: Int32, _ path: String) throws -> OpaquePointer {
        if let stream = fdopendir(descriptor) { return stream }
        let error = FileError("open the folder", path)
        close(descriptor)
        throw error
    }

    /// Creates the folder and those above it.
    static func create(_ path: String, mode: mode_t = 0o755) throws {
        if mkdir(path, mode) == 0 { return }
        switch errno {
        case EEXIST:
            // A link to a folder is a choice of the administrator.
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw FileError("create the folder", path, ENOTDIR)
            }
        case ENOENT where path != "/" && path != ".":
            try create(Path.folder(of: path), mode: mode)
            try create(path, mode: mode)
        default: throw FileError("create the folder", path)
        }
    }

    /// - Throws: `FileError` where the folder is not there, or may not be opened.
    static func check(_ path: String) throws {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open the folder", path) }
        close(descriptor)
    }

    /// Makes renames, creations and removals in the folder durable.
    static func sync(_ path: String) throws {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open the folder", path) }
        defer { close(descriptor) }
        // Some file systems (SMB among them) know no fsync of folders, and say EINVAL.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError("write to disk", path) }
    }

    /// Removes the folder if it is empty, or else leaves it.
    static func removeIfEmpty(_ path: String) throws {
        guard rmdir(path) == 0 || [ENOENT, ENOTEMPTY, EEXIST].contains(errno) else {
            throw FileError("remove", path)
        }
    }
}
