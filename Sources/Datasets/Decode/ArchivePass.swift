import Compute

/// Goes through an archive once: while one thread unpacks the next block of files, the others decode the last one.
///
/// Where the input's shape is left to the data, it is guessed from the first block, so that usually one pass is enough;
/// the caller compares the guess with what the whole archive suggests.
struct ArchivePass {
    let inventory: Inventory
    let table: RowTable
    let digests: [FileDigest]
    let sample: SizeSample
    let settings: DecodeSettings
    let writer: CacheWriter

    /// - Parameter known: `nil`: to be guessed.
    init(
        _ source: ArchiveSource, known: DecodeSettings?, request: DatasetRequest, pool: ThreadPool,
        progress: Progress, shouldStop: () -> Bool
    ) throws(DatasetError) {
        let feed = ArchiveFeed(source, limits: request.limits)
        var (current, next) = (FileBlock(), FileBlock())
        try feed.fill(current)
        settings = known ?? Self.guess(current, request, pool)
        writer = try CacheWriter(directory: request.cacheDirectory, rowBytes: settings.rowBytes)
        let decoders = (0..<pool.threads).map { [settings] _ in RowDecoder(settings, limits: request.limits) }
        var (table, digests, sample) = (RowTable(), [FileDigest](), SizeSample())
        while !current.items.isEmpty {
            if shouldStop() { throw .stopped }
            next.removeAll()
            let results = try Self.decode(
                current, firstRow: table.records.count, decoders, settings, writer, sample, feeding: next, from: feed,
                pool)
            for (item, result) in zip(current.items, results) {
                if let info = result.info { sample.add(info, rank: item.rank) }
                digests.append(result.digest)
            }
            table.append(results)
            progress.report(table.records.count, found: feed.inventory.rows, inShare: feed.shareRead)
            swap(&current, &next)
        }
        if shouldStop() { throw .stopped }
        try source.checkUnchanged()
        inventory = feed.inventory
        self.table = table
        self.digests = digests
        self.sample = sample
    }

    /// Decodes `block` on the pool, and fills `next` meanwhile.
    private static func decode(
        _ block: FileBlock, firstRow: Int, _ decoders: [RowDecoder], _ settings: DecodeSettings, _ writer: CacheWriter,
        _ sample: SizeSample, feeding next: FileBlock, from feed: ArchiveFeed, _ pool: ThreadPool
    ) throws(DatasetError) -> [RowResult] {
        let count = block.items.count
        let chunk = RowDecoder.chunk(rowBytes: settings.rowBytes)
        let chunks = (count + chunk - 1) / chunk
        var results = [RowResult](repeating: RowResult(), count: count)
        var failed: DatasetError?
        var writeFailures = [Int32](repeating: 0, count: chunks)
        results.withUnsafeMutableBufferPointer { results in
            writeFailures.withUnsafeMutableBufferPointer { writeFailures in
                // Task 0 alone touches the feed, the next block and `failed`.
                pool.run(chunks + 1) { task, thread in
                    guard task > 0 else {
                        do throws(DatasetError) { try feed.fill(next) } catch { failed = error }
                        return
                    }
                    let decoder = decoders[thread]
                    let first = (task - 1) * chunk
                    let rows = first..<min(first + chunk, count)
                    for i in rows {
                        let bytes = block.file(i)
                        results[i].digest = FileDigest(bytes)
                        decoder.decode(
                            bytes, slot: i - first, wantsInfo: sample.wants(block.items[i].rank), into: &results[i])
                    }
                    writeFailures[task - 1] = writer.write(decoder.pixels, rows: rows.count, at: firstRow + first)
                }
            }
        }
        if let failed { throw failed }
        if let code = writeFailures.first(where: { $0 != 0 }) { throw writer.failure(code) }
        return results
    }

    private static func guess(_ block: FileBlock, _ request: DatasetRequest, _ pool: ThreadPool) -> DecodeSettings {
        var found = [ImageInfo?](repeating: nil, count: block.items.count)
        let decoders = (0..<pool.threads).map { _ in ImageDecoder() }
        found.withUnsafeMutableBufferPointer { found in
            pool.run(found.count) { i, thread in found[i] = decoders[thread].info(block.file(i), request.limits) }
        }
        var sample = SizeSample()
        for (item, info) in zip(block.items, found) {
            if let info { sample.add(info, rank: item.rank) }
        }
        let choice = InputChoice(sizes: sample.sizes)
        return choice.map { DecodeSettings(request, choice: $0) }
            ?? DecodeSettings(request, width: 32, height: 32, channels: .rgb)
    }
}
