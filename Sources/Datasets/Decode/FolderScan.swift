import Compute
import Glibc
import Manifests

/// Reads all files of a folder once, to know which are images and what the content's hash is. Nothing is decoded.
struct FolderScan {
    /// Files between two looks at `shouldStop`.
    private static let block = 2048
    private static let chunk = 16

    let listing: FolderListing
    /// Not yet settled: its paths are those of the listing.
    private(set) var inventory = Inventory()
    /// For each row, its file in the listing.
    private(set) var fileOfRow: [Int32] = []
    private(set) var digests: [FileDigest] = []
    /// Images that cannot be read at all.
    private(set) var failures: [Int32: String] = [:]
    private(set) var sample = SizeSample()

    init(
        _ top: DatasetFile, _ listing: FolderListing, request: DatasetRequest, pool: ThreadPool, shouldStop: () -> Bool
    ) throws(DatasetError) {
        self.listing = listing
        inventory.unusable = listing.unusable
        inventory.notes = listing.notes
        inventory.entries = listing.entries
        let readers = (0..<pool.threads).map { [listing] _ in Reader(top, listing, request) }
        for start in stride(from: 0, to: listing.files.count, by: Self.block) {
            if shouldStop() { throw .stopped }
            let files = start..<min(start + Self.block, listing.files.count)
            for (index, found) in zip(files, Self.read(files, listing, readers, sample, pool)) {
                try add(found, index, top, request.limits)
            }
        }
    }

    private static func read(
        _ files: Range<Int>, _ listing: FolderListing, _ readers: [Reader], _ sample: SizeSample, _ pool: ThreadPool
    ) -> [Reader.Found] {
        var found = [Reader.Found](repeating: .other, count: files.count)
        found.withUnsafeMutableBufferPointer { found in
            pool.run((files.count + chunk - 1) / chunk) { task, thread in
                for i in task * chunk..<min((task + 1) * chunk, files.count) {
                    found[i] = readers[thread].look(at: listing.files[files.lowerBound + i], sample)
                }
            }
        }
        return found
    }

    private mutating func add(
        _ found: Reader.Found, _ index: Int, _ top: DatasetFile, _ limits: Limits
    ) throws(DatasetError) {
        let file = listing.files[index]
        switch found {
        case .other: inventory.files.append(ScannedFile(path: file.path, row: -1))
        case .table(let bytes): inventory.tables.append(TableFile(path: file.path, bytes: bytes))
        case .tooLarge: inventory.unusable.append(.tooLarge(file.path, limit: limits.imageFileBytes))
        case .failed(let error): throw error
        case .unreadableTable(let code): throw .unreadable("\(top.path)/\(file.path)", errno: code)
        case .image(let digest, let info, let failure):
            let row = Int32(inventory.rows)
            inventory.files.append(ScannedFile(path: file.path, row: row))
            inventory.rows += 1
            inventory.bytes += file.bytes
            fileOfRow.append(Int32(index))
            digests.append(digest)
            if let failure { failures[row] = failure }
            if let info { sample.add(info, rank: SizeSample.rank(path: file.path)) }
        }
    }

    /// The work of one thread.
    private final class Reader {
        enum Found {
            /// Neither image nor table.
            case other
            case image(FileDigest, ImageInfo?, failure: String?)
            case table([UInt8])
            case tooLarge
            case unreadableTable(Int32)
            case failed(DatasetError)
        }

        private let topPath: String
        private let files: FolderFiles
        private let request: DatasetRequest
        private let decoder = ImageDecoder()

        init(_ top: DatasetFile, _ listing: FolderListing, _ request: DatasetRequest) {
            topPath = top.path
            files = FolderFiles(top, listing)
            self.request = request
        }

        func look(at file: FolderListing.File, _ sample: SizeSample) -> Found {
            let isTable = FileNames.isLabels(path: file.path)
            let isNamed = FileNames.looksLikeImage(path: file.path)
            do throws(FolderFiles.Failure) {
                if isTable {
                    guard file.bytes <= LabelTable.largestBytes else {
                        return .failed(.tableTooLarge("\(topPath)/\(file.path)"))
                    }
                    return .table(Array(try files.read(file)))
                }
                if !isNamed {
                    guard ImageFormat.begins(Array(try files.read(file, limit: 16))[...]) else { return .other }
                    if file.bytes > request.limits.imageFileBytes { return .tooLarge }
                }
                let bytes = try files.read(file)
                let isSampled = sample.wants(SizeSample.rank(path: file.path))
                return .image(
                    FileDigest(bytes), isSampled ? decoder.info(bytes, request.limits) : nil, failure: nil)
            } catch {
                if let fatal = error.fatal("\(topPath)/\(file.path)") { return .failed(fatal) }
                guard case .cannotRead(let code) = error else { return .other }
                if isTable { return .unreadableTable(code) }
                guard isNamed else { return .other }
                return .image(
                    FileDigest(), nil, failure: "cannot be read: \(String(cString: strerror(code)))")
            }
        }
    }
}

extension ImageDecoder {
    /// What the header says; `nil` where it cannot be read.
    func info(_ bytes: UnsafeRawBufferPointer, _ limits: Limits) -> ImageInfo? {
        do throws(ImageError) { return try probe(bytes, limits: limits) } catch { return nil }
    }
}
