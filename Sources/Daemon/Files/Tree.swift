import CFiles
import Foundation
import Manifests

/// Whole trees of files. No function here follows a symbolic link or recurses: depth is bounded by path length only.
enum Tree {
    struct Entry {
        let path: RawPath
        let status: FileStatus
        /// Of the folder that holds it, while `body` has it: what is opened from here by `name` is this entry, and not
        /// what a link has put in its place.
        let folder: Int32
        let name: UnsafePointer<CChar>
    }

    /// Calls `body` for everything below `root`, folders before what they hold.
    /// - Parameter roots: see `InputFile.open`.
    static func walk(_ root: RawPath, below roots: [String]? = nil, _ body: (Entry) throws -> Void) throws {
        let flags = O_DIRECTORY | O_NOFOLLOW
        let top = InputFile.open(root.text, below: roots, flags: flags)
        guard top >= 0 else { throw FileError("open the folder", root.text) }
        defer { close(top) }
        let prefix = root.characters.count
        var folders = [root]
        while let folder = folders.popLast() {
            let below = folder.characters.count == prefix ? [0] : Array(folder.characters.dropFirst(prefix))
            let descriptor = beneath_open(top, below, O_RDONLY | flags)
            guard descriptor >= 0 else { throw FileError("open the folder", folder.text) }
            try Folder.forEach(in: descriptor, folder) { name, status in
                let path = folder.appending(name)
                try body(Entry(path: path, status: status, folder: descriptor, name: name))
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
        if status.mode & 0o700 != 0o700 { fchmodat(AT_FDCWD, path, 0o700, AT_SYMLINK_NOFOLLOW) }
        try walk(RawPath(path)) { entry in
            if entry.status.kind == .folder {
                if entry.status.mode & 0o700 != 0o700 {
                    fchmodat(entry.folder, entry.name, 0o700, AT_SYMLINK_NOFOLLOW)
                }
                folders.append(entry.path)
            } else if unlinkat(entry.folder, entry.name, 0) != 0, errno != ENOENT {
                throw FileError("remove", entry.path.text)
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
        try walk(RawPath(path)) { entry in
            guard entry.status.kind == .file || entry.status.kind == .folder else { return }
            let descriptor = openat(entry.folder, entry.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { throw FileError("open", entry.path.text) }
            defer { close(descriptor) }
            guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError("write to disk", entry.path.text) }
        }
        try Folder.sync(path)
    }

    /// Copies a file or folder to a path where nothing is, with modes and times, and makes the copy durable. Links,
    /// pipes and sockets are made again as what they are: a job may be refused for them, and gives them back.
    /// - Throws: `FileError`, also for a device that this process may not make.
    static func copy(_ source: String, to target: String) throws {
        guard let status = try FileStatus.of(source) else { throw FileError("copy", source, ENOENT) }
        guard status.kind == .folder else {
            return try source.withCString { name in
                let entry = Entry(path: RawPath(source), status: status, folder: AT_FDCWD, name: name)
                try copyFile(entry, to: RawPath(target))
            }
        }
        let prefix = source.utf8.count
        guard mkdir(target, 0o700) == 0 else { throw FileError("create the folder", target) }
        var folders = [(RawPath(target), status)]
        try walk(RawPath(source)) { entry in
            let below = RawPath(target).appending(Array(entry.path.characters.dropFirst(prefix + 1)))
            if entry.status.kind == .folder {
                guard mkdir(below.characters, 0o700) == 0 else { throw FileError("create the folder", below.text) }
                folders.append((below, entry.status))
            } else {
                try copyFile(entry, to: below)
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

    private static func copyFile(_ source: Entry, to target: RawPath) throws {
        guard source.status.kind == .file else { return try copySpecial(source, to: target) }
        let input = openat(source.folder, source.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard input >= 0 else { throw FileError("open", source.path.text) }
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
                FileError("read", source.path.text)
            }
            if count == 0 { break }
            try FileBytes.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: output, target.text)
        }
        try finishCopy(output, source.status, target)
    }

    private static func copySpecial(_ source: Entry, to target: RawPath) throws {
        if source.status.kind == .link {
            var destination = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
            guard readlinkat(source.folder, source.name, &destination, destination.count - 1) > 0 else {
                throw FileError("read the link", source.path.text)
            }
            guard symlink(destination, target.characters) == 0 else { throw FileError("create the link", target.text) }
            return
        }
        var original = stat()
        guard fstatat(source.folder, source.name, &original, AT_SYMLINK_NOFOLLOW) == 0,
            mknod(target.characters, original.st_mode, original.st_rdev) == 0
        else { throw FileError("copy \(source.status.kindInWords),", source.path.text) }
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
