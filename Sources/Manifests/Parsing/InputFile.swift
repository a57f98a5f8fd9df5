import CFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Opening what users have dropped.
public enum InputFile {
    /// Opens a file or folder to read it.
    ///
    /// - Parameters:
    ///   - path: absolute, where there are roots.
    ///   - roots: folders that belong to the daemon or its administrator: the path must lie in one of them, and no
    ///     symbolic link on the way from there is followed, even one that appears meanwhile. nil: the path is the
    ///     user's own, and its links are what they have chosen.
    ///   - flags: further ones of open(2). It never waits for a fifo's writer.
    /// - Returns: a descriptor, or -1 with errno: EXDEV for a path that lies in none of the roots.
    public static func open(_ path: String, below roots: [String]?, flags: Int32 = 0) -> Int32 {
        let flags = flags | O_RDONLY | O_NONBLOCK | O_CLOEXEC
        guard let roots else { return Glibc.open(path, flags) }
        guard let root = roots.first(where: { FilePath.contains($0, path) }) else {
            errno = EXDEV
            return -1
        }
        // The root may be a link: an administrator has chosen it.
        let folder = Glibc.open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return -1 }
        defer {
            let code = errno
            close(folder)
            errno = code
        }
        let rest = path.utf8.dropFirst(root.utf8.count).drop { $0 == UInt8(ascii: "/") }
        return beneath_open(folder, String(Substring(rest)), flags)
    }
}
