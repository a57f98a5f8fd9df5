/// The folder of images that nobody has labelled: `unlabelled/` at the top, or in the folder of the training images.
enum UnlabelledFolder {
    /// Capitals do not matter.
    static func isNamed(_ folder: some StringProtocol) -> Bool {
        ["unlabelled", "unlabeled"].contains(folder.lowercased())
    }

    /// Whether an image lies in it, however deep.
    static func holds(_ path: String) -> Bool {
        var parts = FolderParts(path.utf8[...])
        guard let top = parts.next() else { return false }
        if isNamed(top) { return true }
        return Split(folder: top) == .train && parts.next().map { isNamed($0) } ?? false
    }
}
