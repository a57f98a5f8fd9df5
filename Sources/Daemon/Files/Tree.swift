import Foundation

/// Whole trees of files. No function here follows a symbolic link or recurses: depth is bounded by path length only.
enum Tree {
    /// Calls `body` for everything below `root`, folders before what they hold.
    static func walk(_ root: RawPath, _ body: (RawPath, FileStatus) throws -> Void) throws {
        var folders = [root]
        while let folder = folders.popLast() {
            try Folder.forEach(in: folder) { name, status in
                let path = folder.appending(name)
                try body(path, status)
                if status.kind == .folder { folders.append(path) }
            }
        }
    }

    /// Removes a file, a link or a folder with all it holds; nothing there is fine too.
    static func remove(_ path: String) throws {
        guard let status = try FileStatus.of(path) else { return }
        guard status.kind == .folder else { return try unlinkEntry(RawPath(path), 0) }
        var folders = [RawPath(path)]
        // A folder without permission for its owner can still be emptied by its owner.
        if status.mode & 0o700 != 0o700 { chmod(path, 0o700) }
        try walk(RawPath(path)) { path, status in
            if status.kind == .folder {
                if status.mode & 0o700 != 0o700 { chmod(path.characters, 0o700) }
                folders.append(path)
            } else {
                try unlinkEntry(path, 0)
            }
        }
        for folder in folders.reversed() { try unlinkEntry(folder, AT_REMOVEDIR) }
    }

    private static func unlinkEntry(_ path: RawPath, _ flags: Int32) throws {
        guard unlinkat(AT_FDCWD, path.characters, flags) == 0 || errno == ENOENT else {
            throw FileError("remove", path.text)
        }
    }

    /// Makes everything in and below a folder durable.
    static func sync(_ path: String) throws {
        try walk(RawPath(path)) { path, status in
            guard status.kind == .file || status.kind == .folder else { return }
            let descriptor = Glibc.open(path.characters, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { throw FileError("open", path.text) }
            defer { close(descriptor) }
            guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError("write to disk", path.text) }
        }
        try Folder.sync(path)
    }

    /// Copies a file or folder to a path where nothing is, with modes and times, and makes the copy durable. Links,
    /// pipes and sockets are made again as what they are: a job may be refused for them, and gives them back.
    /// - Throws: `FileError`, also for a device that this process may not make.
    static func copy(_ source: String, to target: String) throws {
        guard let status = try FileStatus.of(source) else { throw FileError("copy", source, ENOENT) }
        guard status.kind == .folder else { return try copyFile(RawPath(source), status, to: RawPath(target)) }
        let prefix = source.utf8.count
        guard mkdir(target, 0o700) == 0 else { throw FileError("create the folder", target) }
        var folders = [(RawPath(target), status)]
        try walk(RawPath(source)) { path, status in
            let below = RawPath(target).appending(Array(path.characters.dropFirst(prefix + 1)))
            if status.kind == .folder {
                guard mkdir(below.characters, 0o700) == 0 else { throw FileError("create the folder", below.text) }
                folders.append((below, status))
            } else {
                try copyFile(path, status, to: below)
            }
        }
        // Times and modes of folders last: filling them changes the one and may need the other.
        for (folder, status) in folders.reversed() {
            let descriptor = Glibc.open(folder.characters, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { throw FileError("open the folder", folder.text) }
            defer { close(descriptor) }
            try finishCopy(descriptor, status, folder)
        }
    }

    private static func copyFile(_ source: RawPath, _ status: FileStatus, to target: RawPath) throws {
        guard status.kind == .file else { return try copySpecial(source, status, to: target) }
        let input = Glibc.open(source.characters, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard input >= 0 else { throw FileError("open", source.text) }
        defer { close(input) }
        let output = Glibc.open(target.characters, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw FileError("create", target.text) }
        defer { close(output) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = try retrying {
                read(input, buffer.baseAddress, buffer.count)
            } failing: {
                FileError("read", source.text)
            }
            if count == 0 { break }
            try FileBytes.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: output, target.text)
        }
        try finishCopy(output, status, target)
    }

    private static func copySpecial(_ source: RawPath, _ status: FileStatus, to target: RawPath) throws {
        if status.kind == .link {
            var destination = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
            guard readlink(source.characters, &destination, destination.count - 1) > 0 else {
                throw FileError("read the link", source.text)
            }
            guard symlink(destination, target.characters) == 0 else { throw FileError("create the link", target.text) }
            return
        }
        var original = stat()
        guard lstat(source.characters, &original) == 0,
            mknod(target.characters, original.st_mode, original.st_rdev) == 0
        else { throw FileError("copy \(status.kindInWords),", source.text) }
    }

    private static func finishCopy(_ descriptor: Int32, _ status: FileStatus, _ path: RawPath) throws {
        let times = [status.modified, status.modified]
        guard fchmod(descriptor, status.mode & 0o777) == 0, futimens(descriptor, times) == 0,
            fsync(descriptor) == 0 || errno == EINVAL
        else { throw FileError("finish", path.text) }
    }
}

/// Calls `body` again while it is interrupted by a signal.
func retrying(_ body: () -> Int, failing: () -> FileError) throws -> Int {
    while true {
        let result = body()
        if result >= 0 { return result }
        if errno != EINTR { throw failing() }
    }
}
