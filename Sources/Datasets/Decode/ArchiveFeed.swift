import Manifests

/// Takes archives apart: image files into blocks, everything else into the inventory.
final class ArchiveFeed {
    private static let headBytes = 16

    private let source: ArchiveSource
    private let limits: Limits
    private(set) var inventory = Inventory()
    private(set) var atEnd = false
    private var head = [UInt8](repeating: 0, count: ArchiveFeed.headBytes)
    /// Files whose turn comes, the next one last.
    private var waiting: [ArchiveSource.Part]
    private var current: (part: ArchiveSource.Part, archive: ArchiveReader)?
    private var bytesDone = 0
    private var entriesDone = 0
    private var members = PackedMembers()
    private var labels = ShardLabels()
    /// Of the images in `members`, once these are all there.
    private var records: [any RecordImages] = []
    private var nextRecord = 0

    init(_ source: ArchiveSource, limits: Limits) {
        self.source = source
        self.limits = limits
        waiting = source.parts.reversed()
        inventory = source.inventory
    }

    /// 0...1.
    var shareRead: Double {
        if atEnd { return 1 }
        let share = current.map { $0.archive.shareRead * Double($0.part.bytes) } ?? 0
        return min(1, (Double(bytesDone) + share) / Double(max(1, source.bytes)))
    }

    /// Reads on until the block is full or the archives end.
    func fill(_ block: FileBlock) throws(DatasetError) {
        while !block.isFull {
            guard let image = try nextImage() else {
                while !block.isFull, let image = nextRecordImage() {
                    block.add(image.path, image.bytes)
                    accept(image.path, bytes: image.bytes.count)
                }
                return
            }
            let before = block.used
            switch try block.add(
                image.path, head: image.head, restOf: image.archive, size: image.size, limit: limits.imageFileBytes)
            {
            case .added: accept(image.path, bytes: block.used - before)
            case .tooLarge: refuse(image.path)
            case .damaged(let why):
                inventory.unusable.append(LeftOutFile(path: image.path, reason: "damaged in the archive: \(why)"))
            }
        }
    }

    /// Goes through all of the archives, and reads a sample of headers.
    func survey(_ progress: (Double) -> Void) throws(DatasetError) -> SizeSample {
        var sample = SizeSample()
        let decoder = ImageDecoder()
        func add(_ bytes: [UInt8], _ rank: UInt64) -> Bool {
            guard let info = bytes.withUnsafeBytes({ decoder.info($0, limits) }) else { return false }
            sample.add(info, rank: rank)
            return true
        }
        while let image = try nextImage() {
            accept(image.path, bytes: max(0, image.size))
            if inventory.rows % 256 == 0 { progress(shareRead) }
            let rank = SizeSample.rank(path: image.path)
            guard sample.wants(rank) else { continue }
            var bytes = Array(image.head)
            for limit in SurveySource.headBytes {
                let isAll = try image.archive.append(to: &bytes, upTo: min(limit, limits.imageFileBytes))
                if add(bytes, rank) || isAll { break }
            }
        }
        while let image = nextRecordImage() {
            accept(image.path, bytes: image.bytes.count)
            let rank = SizeSample.rank(path: image.path)
            if sample.wants(rank) { _ = add(image.bytes, rank) }
        }
        return sample
    }

    private struct Image {
        var path: String
        /// What has been read of it already.
        var head: ArraySlice<UInt8>
        /// -1: not known.
        var size: Int
        /// That it is the current entry of.
        var archive: ArchiveReader
    }

    /// The next file that is an image by its name or its first bytes; what comes before it goes into the inventory.
    private func nextImage() throws(DatasetError) -> Image? {
        while let (entry, path, archive) = try nextFile() {
            if FileNames.isLabels(path: entry.path), !source.areShards {
                inventory.tables.append(TableFile(path: path, bytes: try table(entry, archive)))
                continue
            }
            if try takeLabels(entry, path, archive) { continue }
            let isNamed = FileNames.looksLikeImage(path: entry.path)
            let count = try isNamed ? 0 : archive.read(into: &head)
            guard isNamed || ImageFormat.begins(head[..<count]) else {
                inventory.files.append(ScannedFile(path: path, row: -1))
                continue
            }
            guard entry.size <= limits.imageFileBytes else {
                refuse(path)
                continue
            }
            return Image(path: path, head: head[..<count], size: entry.size, archive: archive)
        }
        return nil
    }

    /// Whether the entry is a file of records, or a label beside an image.
    private func takeLabels(
        _ entry: ArchiveReader.Entry, _ path: String, _ archive: ArchiveReader
    ) throws(DatasetError) -> Bool {
        if PackedMembers.isNamed(path: entry.path) {
            var bytes: [UInt8] = []
            let isAll = try archive.append(to: &bytes, upTo: members.room + 1)
            try members.add(path, isAll ? bytes : nil)
            return true
        }
        guard let part = ShardLabels.part(entry.path, isShard: source.areShards) else { return false }
        var bytes: [UInt8] = []
        guard try archive.append(to: &bytes, upTo: part.largestBytes) else { return false }
        try labels.add(part, path, bytes, place: "\(archive.path): \(entry.path)")
        if part != .label { inventory.files.append(ScannedFile(path: path, row: -1)) }
        return true
    }

    private func nextRecordImage() -> (path: String, bytes: [UInt8])? {
        while let file = records.first {
            if nextRecord < file.count {
                defer { nextRecord += 1 }
                return (file.path(nextRecord), file.image(nextRecord))
            }
            records.removeFirst()
            nextRecord = 0
        }
        return nil
    }

    private func accept(_ path: String, bytes: Int) {
        inventory.files.append(ScannedFile(path: path, row: Int32(inventory.rows)))
        inventory.rows += 1
        inventory.bytes += bytes
    }

    /// The next file that is not litter, with its path in the dataset.
    private func nextFile() throws(DatasetError) -> (ArchiveReader.Entry, path: String, ArchiveReader)? {
        while !atEnd {
            if let (part, archive) = current {
                while let entry = try archive.next() {
                    if !FileNames.isIgnored(path: entry.path) { return (entry, part.prefix + entry.path, archive) }
                }
                bytesDone += part.bytes
                entriesDone += archive.entries
                inventory.entries += archive.entries
                current = nil
            }
            guard let part = waiting.popLast() else {
                atEnd = true
                try finish()
                return nil
            }
            switch try source.open(part, limits, labels: &labels, members: &members) {
            case .some(let archive): current = (part, archive)
            case .none: bytesDone += part.bytes
            }
            if entriesDone > limits.datasetEntries {
                throw .limit(
                    "datasetEntries", limits.datasetEntries, "the shards have more entries than are allowed",
                    at: source.path)
            }
        }
        return nil
    }

    /// Everything has been seen: what of it are the images, and what their labels?
    private func finish() throws(DatasetError) {
        let images = inventory.files.lazy.filter { $0.row >= 0 }.map(\.path)
        if !labels.isEmpty && inventory.tables.isEmpty {
            inventory.tables.append(labels.table(images))
        }
        if images.isEmpty, let made = try members.images() {
            records = made.images
            inventory.tables = [made.table]
        } else {
            inventory.files += members.paths.map { ScannedFile(path: $0, row: -1) }
        }
    }

    private func refuse(_ path: String) {
        inventory.unusable.append(.tooLarge(path, limit: limits.imageFileBytes))
    }

    private func table(_ entry: ArchiveReader.Entry, _ archive: ArchiveReader) throws(DatasetError) -> [UInt8] {
        var bytes: [UInt8] = []
        guard try archive.append(to: &bytes, upTo: LabelTable.largestBytes) else {
            throw .tableTooLarge("\(archive.path): \(entry.path)")
        }
        if let damage = archive.entryDamage { throw .damagedArchive(archive.path, damage, entry: entry.path) }
        return bytes
    }
}

extension LeftOutFile {
    static func tooLarge(_ path: String, limit: Int) -> LeftOutFile {
        LeftOutFile(
            path: path, reason: "too large: the file has more bytes than the limit `imageFileBytes` of \(limit.grouped)"
        )
    }
}

extension ImageFormat {
    /// Whether a file that begins so is an image, or means to be one.
    static func begins(_ head: ArraySlice<UInt8>) -> Bool {
        head.withUnsafeBytes { bytes in
            do throws(ImageError) {
                _ = try recognise(bytes)
                return true
            } catch {
                return false
            }
        }
    }
}
