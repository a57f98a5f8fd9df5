import Compute
import Glibc

/// Decodes the images of a scanned folder: files are read again, and must be what they were.
struct FolderPass {
    /// Images between two looks at `shouldStop`, at most; less where they are large.
    private static let blockItems = 512
    private static let blockBytes = 16 << 20

    private(set) var table = RowTable()
    let writer: CacheWriter

    init(
        _ top: DatasetFile, _ scan: FolderScan, _ settings: DecodeSettings, request: DatasetRequest, pool: ThreadPool,
        progress: Progress, shouldStop: () -> Bool
    ) throws(DatasetError) {
        writer = try CacheWriter(directory: request.cacheDirectory, rowBytes: settings.rowBytes)
        let workers = (0..<pool.threads).map { _ in Worker(top, scan, settings, request, writer) }
        let total = scan.fileOfRow.count
        let chunk = RowDecoder.chunk(rowBytes: settings.rowBytes)
        var done = 0
        while done < total {
            if shouldStop() { throw .stopped }
            let count = Self.count(from: done, scan)
            let chunks = (count + chunk - 1) / chunk
            var results = [RowResult](repeating: RowResult(), count: count)
            var failures = [DatasetError?](repeating: nil, count: chunks)
            results.withUnsafeMutableBufferPointer { results in
                failures.withUnsafeMutableBufferPointer { failures in
                    pool.run(chunks) { task, thread in
                        let rows = task * chunk..<min((task + 1) * chunk, count)
                        failures[task] = workers[thread].decode(
                            rows: done + rows.lowerBound..<done + rows.upperBound,
                            UnsafeMutableBufferPointer(rebasing: results[rows]))
                    }
                }
            }
            if let failure = failures.lazy.compactMap({ $0 }).first { throw failure }
            table.append(results)
            done += count
            progress.report(done, of: total)
        }
        if shouldStop() { throw .stopped }
    }

    private static func count(from first: Int, _ scan: FolderScan) -> Int {
        var (count, bytes) = (0, 0)
        for file in scan.fileOfRow[first...].prefix(blockItems) where count == 0 || bytes < blockBytes {
            count += 1
            bytes += scan.listing.files[Int(file)].bytes
        }
        return count
    }

    /// The work of one thread.
    private final class Worker {
        private let files: FolderFiles
        private let scan: FolderScan
        private let decoder: RowDecoder
        private let writer: CacheWriter
        private let topPath: String

        init(
            _ top: DatasetFile, _ scan: FolderScan, _ settings: DecodeSettings, _ request: DatasetRequest,
            _ writer: CacheWriter
        ) {
            files = FolderFiles(top, scan.listing)
            self.scan = scan
            decoder = RowDecoder(settings, limits: request.limits)
            self.writer = writer
            topPath = top.path
        }

        func decode(rows: Range<Int>, _ results: UnsafeMutableBufferPointer<RowResult>) -> DatasetError? {
            for row in rows {
                let slot = row - rows.lowerBound
                if let failure = scan.failures[Int32(row)] {
                    results[slot].failure = failure
                    decoder.clear(slot)
                    continue
                }
                let file = scan.listing.files[Int(scan.fileOfRow[row])]
                let path = "\(topPath)/\(file.path)"
                do throws(FolderFiles.Failure) {
                    let bytes = try files.read(file)
                    guard FileDigest(bytes) == scan.digests[row] else { return .changed(path) }
                    decoder.decode(bytes, slot: slot, wantsInfo: false, into: &results[slot])
                } catch {
                    guard case .cannotRead(let code) = error else { return error.fatal(path) }
                    // It could be read a moment ago.
                    return .unreadable(path, errno: code)
                }
            }
            let code = writer.write(decoder.pixels, rows: rows.count, at: rows.lowerBound)
            return code == 0 ? nil : writer.failure(code)
        }
    }
}
