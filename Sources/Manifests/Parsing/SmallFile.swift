#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads a file that a user has dropped, without trust in what it is.
enum SmallFile {
    /// The file's bytes, at most `limit` + 1 of them: one more than allowed tells that there are more.
    /// - Parameter roots: see `InputFile.open`.
    /// - Throws: that it is missing, no regular file, a symbolic link (unless followed), or cannot be read.
    static func read(
        path: String, displayName: String, limit: Int, followSymlinks: Bool, below roots: [String]? = nil
    ) throws(ManifestProblems) -> [UInt8] {
        func refusal(_ found: String, _ allowed: String) -> ManifestProblems {
            ManifestProblems([
                ManifestProblem(file: displayName, line: 0, column: 0, key: "", found: found, allowed: allowed)
            ])
        }
        let descriptor = InputFile.open(path, below: roots, flags: followSymlinks ? 0 : O_NOFOLLOW)
        guard descriptor >= 0 else {
            switch errno {
            case ELOOP where !followSymlinks:
                throw refusal("a symbolic link", "a regular file; copy the file itself")
            case ENOENT, ENOTDIR: throw refusal("no such file", "a file that exists; check the path")
            case EACCES, EPERM: throw refusal("a file that may not be read", "a file with read permission")
            case let code: throw refusal("a file that cannot be opened (\(text(of: code)))", "a readable file")
            }
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw refusal("a file that cannot be examined (\(text(of: errno)))", "a readable file")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw refusal(kind(of: status.st_mode), "a regular file")
        }
        var bytes: [UInt8] = []
        var failure: Int32 = 0
        while bytes.count <= limit, failure == 0 {
            let wanted = min(limit + 1 - bytes.count, 1 << 16)
            var got = 0
            bytes.append(
                contentsOf: [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
                    repeat { got = readBytes(descriptor, buffer.baseAddress, wanted) } while got < 0 && errno == EINTR
                    failure = got < 0 ? errno : 0
                    count = max(0, got)
                })
            if got <= 0 { break }
        }
        if failure != 0 { throw refusal("a file that cannot be read (\(text(of: failure)))", "a readable file") }
        return bytes
    }

    /// The process's working directory, absolute.
    static func workingDirectory() -> String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    private static func text(of code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }

    private static func kind(of mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: "a folder"
        case S_IFIFO: "a named pipe"
        case S_IFSOCK: "a socket"
        case S_IFCHR, S_IFBLK: "a device"
        default: "no regular file"
        }
    }
}

/// read(2), whose name `SmallFile.read` hides.
private func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
