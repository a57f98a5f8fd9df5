import Compute

/// All images of a dataset, decoded now or before, with what is known of them.
struct DecodedImages {
    /// Settled, without the folders that are looked through.
    var content: CacheContent
    var store: PixelStore
    var settings: DecodeSettings
    /// Of content and settings, 64 hex digits.
    var key: String
    /// `nil` where there are no images.
    var choice: InputChoice?
    var fromCache: Bool
    var notes: [String] = []
    /// Of a cache file that was written just now.
    var publication: CachePublication?
}

/// Gets the images of a dataset, from the cache where it has them.
struct ImageLoader {
    let request: DatasetRequest
    let pool: ThreadPool
    let progress: Progress
    let shouldStop: () -> Bool

    func load() throws(DatasetError) -> DecodedImages {
        let file = try DatasetFile(request.path, below: request.roots)
        switch file.kind {
        case .folder:
            let listing = try FolderListing(file, limits: request.limits, shouldStop: shouldStop)
            if let packed = PackedFolder(file, listing) { return try archive(.folder(packed)) }
            return try folder(file, listing)
        case .archive, .member: return try archive(.file(file))
        }
    }

    /// Files are read once for the content's hash, and again where they must be decoded.
    private func folder(_ file: DatasetFile, _ listing: FolderListing) throws(DatasetError) -> DecodedImages {
        let scan = try FolderScan(file, listing, request: request, pool: pool, shouldStop: shouldStop)
        var inventory = scan.inventory
        inventory.settle()
        inventory.lookThroughTop()
        // What is wrong with names and tables is said before hours of decoding.
        _ = try Layout.find(inventory, path: request.path)
        let choice = InputChoice(sizes: scan.sample.sizes)
        let settings = settings(choice)
        let hash = ContentHash.of(inventory, digests: scan.digests).hex
        var notes: [String] = []
        if let found = try cached(hash, settings, choice, inventory.remarks, &notes) { return found }
        let pass = try FolderPass(
            file, scan, settings, request: request, pool: pool, progress: progress, shouldStop: shouldStop)
        let content = CacheContent(inventory: inventory, table: pass.table)
        return try publish(content, pass.writer, settings, hash, choice, notes)
    }

    /// The archive's own hash leads to the content's where the archive has been read before.
    private func archive(_ source: ArchiveSource) throws(DatasetError) -> DecodedImages {
        let archiveHash = try source.hash(shouldStop: shouldStop)
        var notes: [String] = []
        if let index = ArchiveIndex.find(archiveHash: archiveHash, in: request.cacheDirectory) {
            let settings = DecodeSettings(request, choice: index.choice)
            if let found = try cached(index.content, settings, index.choice, index.remarks, &notes) { return found }
        }
        var pass = try unpack(source, known: InputChoice.isComplete(request.input) ? settings(nil) : nil)
        let choice = InputChoice(sizes: pass.sample.sizes)
        let right = settings(choice)
        // The beginning of the archive is not like the rest.
        if pass.settings != right { pass = try unpack(source, known: right) }
        var inventory = pass.inventory
        inventory.settle()
        inventory.lookThroughTop()
        let hash = ContentHash.of(inventory, digests: pass.digests).hex
        let content = CacheContent(inventory: inventory, table: pass.table)
        let images = try publish(content, pass.writer, right, hash, choice, notes)
        if let choice {
            try ArchiveIndex(content: hash, choice: choice, remarks: inventory.remarks)
                .write(archiveHash: archiveHash, to: request.cacheDirectory)
        }
        return images
    }

    private func unpack(
        _ source: ArchiveSource, known: DecodeSettings?
    ) throws(DatasetError) -> ArchivePass {
        try ArchivePass(
            source, known: known, request: request, pool: pool, progress: progress, shouldStop: shouldStop)
    }

    /// Where nothing can be decoded, the shape does not matter.
    private func settings(_ choice: InputChoice?) -> DecodeSettings {
        if let choice { return DecodeSettings(request, choice: choice) }
        let input = request.input
        return DecodeSettings(
            request, width: input.width ?? 32, height: input.height ?? 32, channels: input.channels ?? .rgb)
    }

    private func cached(
        _ hash: String, _ settings: DecodeSettings, _ choice: InputChoice?, _ remarks: SourceRemarks,
        _ notes: inout [String]
    ) throws(DatasetError) -> DecodedImages? {
        let key = settings.key(contentHash: hash)
        let path = "\(request.cacheDirectory)/\(Self.fileName(key))"
        switch try CacheFile.open(path, settings: settings, pool: pool) {
        case .none: return nil
        case .damaged:
            notes.append("the decoded images in the cache were damaged: the dataset is decoded again")
            return nil
        case .whole(var content, let store):
            content.inventory.remarks = remarks
            let count = content.table.records.count
            progress.report(count, of: count)
            return DecodedImages(
                content: content, store: store, settings: settings, key: key, choice: choice, fromCache: true)
        }
    }

    private func publish(
        _ content: CacheContent, _ writer: CacheWriter, _ settings: DecodeSettings, _ hash: String,
        _ choice: InputChoice?, _ notes: [String]
    ) throws(DatasetError) -> DecodedImages {
        let key = settings.key(contentHash: hash)
        let (store, publication) = try writer.publish(content, as: Self.fileName(key))
        return DecodedImages(
            content: content, store: store, settings: settings, key: key, choice: choice, fromCache: false,
            notes: notes, publication: publication)
    }

    static func fileName(_ key: String) -> String { "\(key).pixels" }
}
