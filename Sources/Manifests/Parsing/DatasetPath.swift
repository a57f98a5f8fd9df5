/// The rule for the path by which a manifest names its dataset.
enum DatasetPath {
    static let allowed =
        "the name of a folder or archive in the inbox or beside this file, or an absolute path below one of the "
        + "datasetRoots of the configuration"

    static let allowedFile =
        "the name of a file in the inbox or beside this file, or an absolute path below one of the datasetRoots of the "
        + "configuration"

    /// Longest path that Linux opens (PATH_MAX with its NUL).
    static let longest = 4095

    static func check(_ path: String) throws(Mismatch) {
        if path.isEmpty { throw Mismatch("an empty text") }
        if path.utf8.count > longest { throw Mismatch("a path of \(path.utf8.count.grouped) bytes") }
        if path.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw Mismatch("\(path.shown), with a control character")
        }
        if path.utf8.split(separator: UInt8(ascii: "/")).contains(where: { $0.elementsEqual("..".utf8) }) {
            throw Mismatch("\(path.shown), which leads upwards with ..")
        }
        if path == "~" || path.hasPrefix("~/") {
            throw Mismatch("\(path.shown), whose ~ is not expanded")
        }
        for scheme in ["http://", "https://", "ftp://", "s3://", "file://"] where path.lowercased().hasPrefix(scheme) {
            throw Mismatch(
                "\(path.shown), which is an address; nothing is downloaded",
                suggestion: scheme == "file://" ? String(path.dropFirst(scheme.count)) : nil)
        }
    }
}

extension JobSpec {
    /// Then the daemon asks its configuration: `DaemonConfig.refusalOfDataset`.
    public var hasAbsoluteDataset: Bool { dataset.utf8.first == UInt8(ascii: "/") }
}
