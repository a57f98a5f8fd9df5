import Manifests

/// Takes an archive apart: image files into blocks, everything else into the inventory.
final class ArchiveFeed {
    private static let headBytes = 16

    private let archive: ArchiveReader
    private let path: String
    private let limits: Limits
    private(set) var inventory = Inventory()
    private(set) var atEnd = false
    private var head = [UInt8](repeating: 0, count: ArchiveFeed.headBytes)

    init(_ file: DatasetFile, _ format: ArchiveFormat, limits: Limits) throws(DatasetError) {
        archive = try ArchiveReader(
            descriptor: file.descriptor, path: file.path, format: format, packedBytes: file.bytes, limits: limits)
        path = file.path
        self.limits = limits
    }

    var shareRead: Double { atEnd ? 1 : archive.shareRead }

    /// Reads on until the block is full or the archive ends.
    func fill(_ block: FileBlock) throws(DatasetError) {
        while !block.isFull {
            guard let image = try nextImage() else { return }
            let before = block.used
            switch try block.add(
                image.path, head: image.head, restOf: archive, size: image.size, limit: limits.imageFileBytes)
            {
            case .added: accept(image, bytes: block.used - before)
            case .tooLarge: refuse(image.path)
            case .damaged(let why):
                inventory.unusable.append(LeftOutFile(path: image.path, reason: "damaged in the archive: \(why)"))
            }
        }
    }

    /// Goes through all of the archive, and reads a sample of headers.
    func survey() throws(DatasetError) -> SizeSample {
        var sample = SizeSample()
        let decoder = ImageDecoder()
        while let image = try nextImage() {
            accept(image, bytes: max(0, image.size))
            let rank = SizeSample.rank(path: image.path)
            guard sample.wants(rank) else { continue }
            var bytes = Array(image.head)
            for limit in SurveySource.headBytes {
                let wanted = min(limit, limits.imageFileBytes)
                let isAll = try archive.append(to: &bytes, upTo: wanted)
                if let info = bytes.withUnsafeBytes({ decoder.info($0, limits) }) {
                    sample.add(info, rank: rank)
                    break
                }
                if isAll { break }
            }
        }
        return sample
    }

    private struct Image {
        var path: String
        /// What has been read of it already.
        var head: ArraySlice<UInt8>
        /// -1: not known.
        var size: Int
    }

    /// The next file that is an image by its name or its first bytes; what comes before it goes into the inventory.
    private func nextImage() throws(DatasetError) -> Image? {
        while let entry = try nextFile() {
            if FileNames.isLabels(path: entry.path) {
                inventory.tables.append(TableFile(path: entry.path, bytes: try table(entry)))
                continue
            }
            let isNamed = FileNames.looksLikeImage(path: entry.path)
            let count = try isNamed ? 0 : archive.read(into: &head)
            guard isNamed || ImageFormat.begins(head[..<count]) else {
                inventory.files.append(ScannedFile(path: entry.path, row: -1))
                continue
            }
            guard entry.size <= limits.imageFileBytes else {
                refuse(entry.path)
                continue
            }
            return Image(path: entry.path, head: head[..<count], size: entry.size)
        }
        return nil
    }

    private func accept(_ image: Image, bytes: Int) {
        inventory.files.append(ScannedFile(path: image.path, row: Int32(inventory.rows)))
        inventory.rows += 1
        inventory.bytes += bytes
    }

    /// The next file that is not litter.
    private func nextFile() throws(DatasetError) -> ArchiveReader.Entry? {
        while let entry = try archive.next() {
            if !FileNames.isIgnored(path: entry.path) { return entry }
        }
        inventory.entries = archive.entries
        atEnd = true
        return nil
    }

    private func refuse(_ path: String) {
        inventory.unusable.append(.tooLarge(path, limit: limits.imageFileBytes))
    }

    private func table(_ entry: ArchiveReader.Entry) throws(DatasetError) -> [UInt8] {
        var bytes: [UInt8] = []
        guard try archive.append(to: &bytes, upTo: LabelTable.largestBytes) else {
            throw .tableTooLarge("\(path): \(entry.path)")
        }
        if let damage = archive.entryDamage { throw .damagedArchive(path, damage, entry: entry.path) }
        return bytes
    }
}

extension ArchiveReader {
    func read(into buffer: inout [UInt8]) throws(DatasetError) -> Int {
        let result = buffer.withUnsafeMutableBytes { bytes -> Result<Int, DatasetError> in
            do throws(DatasetError) { return .success(try read(into: bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Reads on in the current entry until there are `limit` bytes; memory is taken as they arrive.
    ///
    /// - Returns: whether the entry has ended.
    func append(to bytes: inout [UInt8], upTo limit: Int) throws(DatasetError) -> Bool {
        var part = [UInt8](repeating: 0, count: min(1 << 16, max(0, limit - bytes.count)))
        while bytes.count < limit {
            if limit - bytes.count < part.count { part.removeLast(part.count - (limit - bytes.count)) }
            let count = try read(into: &part)
            bytes += part[..<count]
            if count < part.count { return true }
        }
        return false
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
