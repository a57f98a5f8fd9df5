/// Paths as text; nothing here looks at the file system.
enum FilePath {
    /// `path` below `folder` unless it is absolute, without `.`, `..` and doubled slashes.
    static func absolute(_ path: String, in folder: String) -> String {
        let whole = path.utf8.first == UInt8(ascii: "/") ? path : folder + "/" + path
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// `/a` for `/a/b`.
    static func folder(of path: String) -> String {
        "/" + path.split(separator: "/").dropLast().joined(separator: "/")
    }

    /// Whether `path` is `folder` or lies below it; both absolute and without `.` and `..`.
    static func contains(_ folder: String, _ path: String) -> Bool {
        Array(path.utf8).split(separator: UInt8(ascii: "/")).starts(
            with: Array(folder.utf8).split(separator: UInt8(ascii: "/")), by: { $0.elementsEqual($1) })
    }
}
