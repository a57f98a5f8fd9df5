import Glibc
import Manifests

/// Names and a sample of headers, without reading what can be left alone.
enum SurveySource {
    /// Headers usually end within the first of these; embedded profiles and previews may need more.
    static let headBytes = [64 << 10, 1 << 20, Int.max]

    static func scan(
        _ file: DatasetFile, _ limits: Limits, _ progress: (Double) -> Void
    ) throws(DatasetError) -> (Inventory, SizeSample) {
        switch file.kind {
        case .folder:
            let listing = try FolderListing(file, limits: limits, shouldStop: { false })
            if let packed = PackedFolder(file, listing) { return try archive(.folder(packed), limits, progress) }
            return try folder(file, listing, limits)
        case .archive, .member: return try archive(.file(file), limits, progress)
        }
    }

    private static func archive(
        _ source: ArchiveSource, _ limits: Limits, _ progress: (Double) -> Void
    ) throws(DatasetError) -> (Inventory, SizeSample) {
        let feed = ArchiveFeed(source, limits: limits)
        let sample = try feed.survey(progress)
        return (feed.inventory, sample)
    }

    private static func folder(
        _ top: DatasetFile, _ listing: FolderListing, _ limits: Limits
    ) throws(DatasetError) -> (Inventory, SizeSample) {
        let files = FolderFiles(top, listing)
        var inventory = Inventory()
        inventory.unusable = listing.unusable
        inventory.notes = listing.notes
        inventory.entries = listing.entries
        var ranked: [(rank: UInt64, file: Int)] = []
        for (index, file) in listing.files.enumerated() {
            if FileNames.isLabels(path: file.path) {
                guard file.bytes <= LabelTable.largestBytes else {
                    throw .tableTooLarge("\(top.path)/\(file.path)")
                }
                let bytes = try bytes(of: file, files, top)
                inventory.tables.append(TableFile(path: file.path, bytes: Array(bytes ?? .init(start: nil, count: 0))))
                continue
            }
            if !FileNames.looksLikeImage(path: file.path) {
                let head = try bytes(of: file, files, top, limit: 16)
                guard let head, ImageFormat.begins(Array(head)[...]) else {
                    inventory.files.append(ScannedFile(path: file.path, row: -1))
                    continue
                }
                if file.bytes > limits.imageFileBytes {
                    inventory.unusable.append(.tooLarge(file.path, limit: limits.imageFileBytes))
                    continue
                }
            }
            inventory.files.append(ScannedFile(path: file.path, row: Int32(inventory.rows)))
            inventory.rows += 1
            inventory.bytes += file.bytes
            ranked.append((SizeSample.rank(path: file.path), index))
        }
        var sample = SizeSample()
        let decoder = ImageDecoder()
        ranked.sort { $0.rank < $1.rank }
        for (rank, index) in ranked {
            guard sample.wants(rank) else { break }
            let file = listing.files[index]
            for limit in headBytes {
                guard let head = try bytes(of: file, files, top, limit: limit) else { break }
                if let info = decoder.info(head, limits) {
                    sample.add(info, rank: rank)
                    break
                }
                if head.count >= file.bytes { break }
            }
        }
        return (inventory, sample)
    }

    /// `nil` where the file cannot be read.
    private static func bytes(
        of file: FolderListing.File, _ files: FolderFiles, _ top: DatasetFile, limit: Int = .max
    ) throws(DatasetError) -> UnsafeRawBufferPointer? {
        do throws(FolderFiles.Failure) {
            return try files.read(file, limit: limit)
        } catch {
            if let fatal = error.fatal("\(top.path)/\(file.path)") { throw fatal }
            return nil
        }
    }
}
