import Foundation

/// Names that programs give to a file while they write it.
enum UnfinishedName {
    private static let suffixes = ["~", ".part", ".tmp", ".crdownload", ".filepart"]

    /// Hidden files that file managers and version control leave behind, and that are nobody's half-written data.
    private static let clutter: Set<String> = [
        ".DS_Store", ".localized", ".directory", ".gitignore", ".gitkeep", ".gitattributes", ".keep", ".nomedia",
        ".picasa.ini", ".thumbnails", ".ipynb_checkpoints",
    ]

    /// - Parameter insideDataset: a hidden file there makes a job wait, so well-known clutter does not count; in the
    ///   inbox itself every hidden name is only passed over.
    static func matches(_ name: String, insideDataset: Bool = false) -> Bool {
        if suffixes.contains(where: name.hasSuffix) { return true }
        guard name.hasPrefix(".") else { return false }
        // `._name` holds what macOS knows of a file that the target's file system cannot.
        return !(insideDataset && (clutter.contains(name) || name.hasPrefix("._")))
    }

    /// The names under which a browser or a copying program may be writing `name` beside it.
    static func variants(of name: String) -> [String] {
        suffixes.map { name + $0 }.filter { $0.utf8.count <= Int(NAME_MAX) }
    }
}
