import CCodecs
import Glibc
import Manifests

/// The regular files of an archive, one after another in the archive's order.
///
/// Refused as a whole: entries with paths that lead out, links, devices, encryption, and archives beyond the limits on
/// entries, unpacked bytes and compression. One caller at a time, from any thread.
final class ArchiveReader {
    struct Entry {
        /// Relative and normal.
        var path: String
        /// Unpacked bytes; -1 where the archive tells only after them.
        var size: Int
    }

    /// Small archives may unpack to this much, whatever the ratio: an icon of one colour packs very well.
    private static let ratioSlack = 16 << 20

    private let archive: OpaquePointer
    /// For messages.
    let path: String
    /// Kept open.
    private let file: DatasetFile
    private let format: ArchiveFormat
    private let limits: Limits
    private let packedBytes: Int
    private let unpackedLimit: Int
    private var readBytes = 0
    /// Entries so far, with folders.
    private(set) var entries = 0
    private var atEnd = false
    private var current = Entry(path: "", size: 0)
    /// Why the current entry's bytes are not to be trusted, where the archive goes on behind it.
    private(set) var entryDamage: String?

    /// - Parameter file: at any position; nobody else may read it meanwhile.
    init(file: DatasetFile, format: ArchiveFormat, limits: Limits) throws(DatasetError) {
        guard let made = archive_read_new() else { fatalError("no memory for an archive reader") }
        archive = made
        self.file = file
        path = file.path
        packedBytes = file.bytes
        self.format = format
        self.limits = limits
        let byRatio = packedBytes.multipliedReportingOverflow(by: max(1, limits.archiveRatio))
        unpackedLimit = max(byRatio.overflow ? .max : byRatio.partialValue, Self.ratioSlack)
        // One format and one filter: what is inside must be what the first bytes promise.
        switch format {
        case .zip: archive_read_support_format_zip_seekable(made)
        case .tar: archive_read_support_format_tar(made)
        case .tarGzip:
            archive_read_support_filter_gzip(made)
            archive_read_support_format_tar(made)
        case .tarZstd:
            archive_read_support_filter_zstd(made)
            archive_read_support_format_tar(made)
        }
        // Everything is set by now: on failure `deinit` frees the reader.
        guard lseek(file.descriptor, 0, SEEK_SET) == 0 else { throw .unreadable(path, errno: errno) }
        guard archive_read_open_fd(made, file.descriptor, 1 << 18) == ARCHIVE_OK else {
            throw .damagedArchive(path, Self.message(made))
        }
    }

    deinit { archive_read_free(archive) }

    /// The next regular file; `nil` at the end, and after it.
    func next() throws(DatasetError) -> Entry? {
        while !atEnd {
            var header: OpaquePointer?
            switch ArchiveLocale.within({ archive_read_next_header(archive, &header) }) {
            case ARCHIVE_OK, ARCHIVE_WARN: break
            case ARCHIVE_EOF:
                atEnd = true
                return nil
            default: throw failure(entries == 0 ? nil : "after \(current.path)")
            }
            guard let header else { throw .damagedArchive(path, "an entry has no header") }
            entries += 1
            entryDamage = nil
            if entries > limits.datasetEntries {
                throw .limit(
                    "datasetEntries", limits.datasetEntries, "the archive has more entries than are allowed", at: path)
            }
            guard let entry = try checked(header) else { continue }
            current = entry
            return entry
        }
        return nil
    }

    /// Reads the current entry's next bytes; fewer than asked for only at its end, or where it is damaged
    /// (`entryDamage`): an entry of a zip has a checksum of its own.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
        guard !buffer.isEmpty else { return 0 }
        let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
        if count == ARCHIVE_FAILED || count == ARCHIVE_WARN, format == .zip,
            archive_read_has_encrypted_entries(archive) <= 0
        {
            entryDamage = Self.message(archive)
            return 0
        }
        guard count >= 0 else { throw failure(current.path) }
        readBytes += count
        try checkUnpacked(adding: 0)
        return count
    }

    /// The share of the archive that has been read, 0...1.
    var shareRead: Double {
        min(1, Double(archive_filter_bytes(archive, -1)) / Double(max(1, packedBytes)))
    }

    /// `nil` for folders.
    private func checked(_ header: OpaquePointer) throws(DatasetError) -> Entry? {
        guard let bytes = archive_entry_pathname(header) else {
            throw .damagedArchive(path, "the name of entry \(entries) cannot be read")
        }
        let name = FileNames.text(UnsafeRawBufferPointer(start: bytes, count: strlen(bytes))).text
        let normal: String
        switch EntryPath.normal(name) {
        case .success(let path): normal = path
        case .failure(let refusal): throw .unsafeEntry(path, name, refusal.why)
        }
        if archive_entry_is_encrypted(header) != 0 { throw .encryptedArchive(path, entry: name) }
        if archive_entry_hardlink(header) != nil { throw .unsafeEntry(path, name, "is a hard link") }
        switch archive_entry_filetype(header) {
        case S_IFDIR: return nil
        case S_IFREG: break
        case S_IFLNK: throw .unsafeEntry(path, name, "is a symbolic link")
        case S_IFIFO: throw .unsafeEntry(path, name, "is a fifo")
        case S_IFCHR, S_IFBLK: throw .unsafeEntry(path, name, "is a device")
        case S_IFSOCK: throw .unsafeEntry(path, name, "is a socket")
        default: throw .unsafeEntry(path, name, "is of an unknown kind")
        }
        let size = archive_entry_size_is_set(header) != 0 ? Int(archive_entry_size(header)) : -1
        guard !normal.isEmpty, size >= -1 else { throw .damagedArchive(path, "an impossible header", entry: name) }
        // A skipped entry of a compressed tar is unpacked all the same.
        try checkUnpacked(adding: format == .zip ? 0 : size)
        return Entry(path: normal, size: size)
    }

    private func checkUnpacked(adding size: Int) throws(DatasetError) {
        let streamed = format == .zip ? 0 : Int(archive_filter_bytes(archive, 0))
        let (total, overflow) = max(readBytes, streamed).addingReportingOverflow(max(0, size))
        let unpacked = overflow ? Int.max : total
        if unpacked > limits.archiveBytes {
            throw .limit(
                "archiveBytes", limits.archiveBytes, "the archive unpacks to more bytes than are allowed", at: path)
        }
        if unpacked > unpackedLimit {
            throw .limit(
                "archiveRatio", limits.archiveRatio,
                "the archive unpacks to more than \(unpackedLimit.grouped) bytes, from \(packedBytes.grouped)", at: path
            )
        }
    }

    /// What libarchive says of its last failure.
    private func failure(_ entry: String?) -> DatasetError {
        if archive_read_has_encrypted_entries(archive) > 0 {
            return .encryptedArchive(path, entry: entry ?? "its first entry")
        }
        let code = archive_errno(archive)
        if code == EIO || code == ESTALE { return .unreadable(path, errno: code) }
        return .damagedArchive(path, Self.message(archive), entry: entry)
    }

    private static func message(_ archive: OpaquePointer) -> String {
        guard let text = archive_error_string(archive) else { return "libarchive gives no reason" }
        return String(cString: text)
    }
}
