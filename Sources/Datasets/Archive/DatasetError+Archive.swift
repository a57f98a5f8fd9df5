extension DatasetError {
    /// - Parameters:
    ///   - archive: path of the archive.
    ///   - entry: the file in it, where one is known.
    static func damagedArchive(_ archive: String, _ why: String, entry: String? = nil) -> DatasetError {
        DatasetError(
            "archive.damaged", "the archive is damaged or cut off: \(why)", at: location(archive, entry),
            fix: "copy or download it again, and compare its size and checksum with the original's")
    }

    static func unsafeEntry(_ archive: String, _ entry: String, _ why: String) -> DatasetError {
        DatasetError(
            "archive.unsafe", "the archive has an entry that \(why); nothing of it was used",
            at: location(archive, entry),
            fix: "make the archive anew from a folder of plain files, with relative paths and without links")
    }

    static func encryptedArchive(_ archive: String, entry: String) -> DatasetError {
        DatasetError(
            "archive.encrypted", "the archive is encrypted", at: location(archive, entry),
            fix: "make an archive without a password")
    }

    private static func location(_ archive: String, _ entry: String?) -> String {
        entry.map { "\(archive): \($0)" } ?? archive
    }
}
