import CCodecs

/// A single file compressed with gzip. (RFC 1952)
enum Gunzip {
    /// - Returns: the content; `nil` where it has more than `limit` bytes.
    static func unpack(_ packed: [UInt8], path: String, limit: Int) throws(DatasetError) -> [UInt8]? {
        guard let archive = archive_read_new() else { fatalError("no memory for an archive reader") }
        defer { archive_read_free(archive) }
        archive_read_support_filter_gzip(archive)
        archive_read_support_format_raw(archive)
        var content: [UInt8] = []
        let result = packed.withUnsafeBytes { bytes -> Bool? in
            var entry: OpaquePointer?
            guard packed.starts(with: [0x1F, 0x8B]),
                archive_read_open_memory(archive, bytes.baseAddress, bytes.count) == ARCHIVE_OK,
                archive_read_next_header(archive, &entry) == ARCHIVE_OK
            else { return nil }
            var part = [UInt8](repeating: 0, count: 1 << 18)
            while true {
                let count = archive_read_data(archive, &part, part.count)
                guard count >= 0 else { return nil }
                if count == 0 { return true }
                content += part[..<count]
                if content.count > limit { return false }
            }
        }
        guard let isWhole = result else {
            let why = archive_error_string(archive).map { String(cString: $0) } ?? "it does not begin as gzip does"
            throw DatasetError(
                "dataset.records", "the compressed file is damaged or cut off: \(why)",
                at: "\(path), after byte \(content.count.grouped) of its content",
                fix: "copy or download it again, and compare its size and checksum with the original's")
        }
        return isWhole ? content : nil
    }
}
