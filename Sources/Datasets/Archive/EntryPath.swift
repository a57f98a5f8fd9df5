/// The checks on the name of an archive's entry. Nothing is ever unpacked to disk; a name that would leave the folder
/// if it were is the sign of an archive made to do harm, and is refused.
enum EntryPath {
    /// Longest name, as PATH_MAX of Linux.
    private static let longest = 4096

    /// The name in normal form: relative, without `.` and empty components, `/` between components. Empty for the
    /// archive's own top.
    ///
    /// - Returns: why the name is refused, where it is.
    static func normal(_ name: String) -> Result<String, Refusal> {
        if name.utf8.count > longest { return .failure(Refusal(why: "has a name of over \(longest) bytes")) }
        var (start, isPlain) = (true, true)
        for byte in name.utf8 {
            if start && (byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/")) || byte == UInt8(ascii: "\\") {
                isPlain = false
                break
            }
            start = byte == UInt8(ascii: "/")
        }
        // Most names need no work.
        if isPlain && !start && name.utf8.dropFirst().first != UInt8(ascii: ":") { return .success(name) }
        if name.hasPrefix("/") || name.hasPrefix("\\") {
            return .failure(Refusal(why: "has an absolute path"))
        }
        let head = Array(name.utf8.prefix(3))
        if head.count == 3, head[1] == UInt8(ascii: ":"), head[2] == UInt8(ascii: "\\") || head[2] == UInt8(ascii: "/")
        {
            return .failure(Refusal(why: "has an absolute path of Windows"))
        }
        if name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).contains("..") {
            return .failure(Refusal(why: "leads out of the archive by `..`"))
        }
        return .success(name.split(separator: "/").filter { $0 != "." }.joined(separator: "/"))
    }

    struct Refusal: Error { var why: String }
}
