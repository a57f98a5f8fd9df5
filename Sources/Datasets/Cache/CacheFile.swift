import Compute
import Glibc

/// Opens cache files. One that is not exactly what was written is never used.
enum CacheFile {
    enum Found {
        case none
        /// There, and of no use.
        case damaged
        case whole(CacheContent, PixelStore)
    }

    private static let chunkBytes = 4 << 20

    /// Checks everything, the pixels too; that reads the file once, which training would do next anyhow.
    static func open(_ path: String, settings: DecodeSettings, pool: ThreadPool) throws(DatasetError) -> Found {
        let descriptor = Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return .none }
            if errno == ELOOP { return .damaged }
            throw .cacheFailed("cannot be opened", errno: errno, path: path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .cacheFailed("cannot be read", errno: errno, path: path)
        }
        guard status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) >= CacheHeader.bytes,
            let head = read(descriptor, at: 0, count: CacheHeader.bytes), let header = CacheHeader(head),
            header.rowBytes == settings.rowBytes, header.fileBytes == Int(status.st_size),
            let bytes = read(descriptor, at: header.contentOffset, count: header.contentBytes),
            bytes.withUnsafeBytes({ PixelHash.of($0) }) == header.contentHash,
            let content = content(bytes), content.table.records.count == header.rows
        else { return .damaged }
        let store = try PixelStore(
            descriptor: descriptor, offset: CacheHeader.bytes, rows: header.rows, rowBytes: header.rowBytes)
        guard isWhole(store, content.table, pool) else { return .damaged }
        // Used now: those that were not for longest go first when there are too many. Not everyone may say so.
        futimens(descriptor, nil)
        return .whole(content, store)
    }

    private static func content(_ bytes: [UInt8]) -> CacheContent? {
        bytes.withUnsafeBytes { raw in
            do throws(ByteReader.Damaged) { return try CacheContent(raw) } catch { return nil }
        }
    }

    private static func isWhole(_ store: PixelStore, _ table: RowTable, _ pool: ThreadPool) -> Bool {
        let chunk = max(1, chunkBytes / store.rowBytes)
        let chunks = (store.rows + chunk - 1) / chunk
        var right = [Bool](repeating: true, count: chunks)
        right.withUnsafeMutableBufferPointer { right in
            table.records.withUnsafeBufferPointer { records in
                pool.run(chunks) { task, _ in
                    for row in task * chunk..<min((task + 1) * chunk, store.rows) {
                        let pixels = UnsafeRawBufferPointer(start: store.row(row), count: store.rowBytes)
                        // A broken image's row is never looked at; its record has no hash.
                        if PixelHash.of(pixels) != records[row].hash && table.failures[Int32(row)] == nil {
                            right[task] = false
                        }
                    }
                }
            }
        }
        return right.allSatisfy { $0 }
    }

    /// `nil` where the file ends early or cannot be read: damaged, for what it matters.
    private static func read(_ descriptor: Int32, at offset: Int, count: Int) -> [UInt8]? {
        var done = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while done < count {
                let got = pread(descriptor, buffer.baseAddress! + done, count - done, offset + done)
                if got < 0 && errno == EINTR { continue }
                if got <= 0 { break }
                done += got
            }
            initialized = done
        }
        return done == count ? bytes : nil
    }
}
