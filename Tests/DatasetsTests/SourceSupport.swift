import CCodecs
import Compute
import Foundation
import Manifests

@testable import Datasets

/// The files of a dataset, before they are a folder or an archive.
struct Files {
    var all: [(path: String, bytes: [UInt8])] = []

    mutating func add(_ path: String, _ bytes: [UInt8]) { all.append((path, bytes)) }
    mutating func add(_ path: String, _ text: String) { all.append((path, Array(text.utf8))) }

    /// `count` images `FOLDER/0.png` ... that differ from all others of other folders and numbers.
    mutating func addImages(_ folder: String, _ count: Int, width: Int = 12, height: Int = 12, channels: Int = 3) {
        for i in 0..<count {
            add(
                "\(folder)/\(i).png",
                TestImage.png("\(folder)/\(i)", width: width, height: height, channels: channels))
        }
    }

    /// The same with the files in another order.
    func shuffled(_ seed: UInt64) -> Files {
        var random = CounterRandom(seed: seed, stream: 9)
        return Files(all: random.permutation(all.count).map { all[Int($0)] })
    }

    func within(_ folder: String) -> Files { Files(all: all.map { ("\(folder)/\($0.path)", $0.bytes) }) }

    /// Two classes, `a` and `b`.
    static func twoClasses(_ perClass: Int = 10) -> Files {
        var files = Files()
        files.addImages("a", perClass)
        files.addImages("b", perClass)
        return files
    }
}

enum TestImage {
    /// Noise that is made by the name.
    static func bitmap(_ name: String, width: Int = 12, height: Int = 12, channels: Int = 3) -> Bitmap {
        let seed = Array(name.utf8).withUnsafeBytes { PixelHash.of($0) }
        var random = CounterRandom(seed: seed, stream: 5)
        var pixels = [UInt8](repeating: 0, count: width * height * channels)
        for start in stride(from: 0, to: pixels.count, by: 4) {
            let value = random.next32()
            for i in start..<min(start + 4, pixels.count) { pixels[i] = UInt8(value >> (8 * (i - start)) & 255) }
        }
        return Bitmap(width: width, height: height, channels: channels, pixels: pixels)
    }

    static func png(_ name: String, width: Int = 12, height: Int = 12, channels: Int = 3) -> [UInt8] {
        ImageCodec.encodePNG(bitmap(name, width: width, height: height, channels: channels))
    }
}

/// The ways a dataset may come.
enum Packing: String, CaseIterable, Sendable {
    case folder, zip, tar, tarGzip, tarZstd

    /// Writes the files below `folder`, and answers the path of the dataset.
    func pack(_ files: Files, in folder: TemporaryFolder, name: String = "data") throws -> String {
        let path = "\(folder.path)/\(name)-\(rawValue)"
        if self == .folder {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for file in files.all {
                let url = URL(fileURLWithPath: "\(path)/\(file.path)")
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.bytes).write(to: url)
            }
            return path
        }
        let archive = ArchiveWriter(path, self)
        for file in files.all { archive.add(file.path, file.bytes) }
        return path
    }
}

/// Writes archives with libarchive.
final class ArchiveWriter {
    private let archive: OpaquePointer

    init(_ path: String, _ packing: Packing, options: String? = nil, passphrase: String? = nil) {
        archive = archive_write_new()
        switch packing {
        case .zip: archive_write_set_format_zip(archive)
        default: archive_write_set_format_pax_restricted(archive)
        }
        if packing == .tarGzip { archive_write_add_filter_gzip(archive) }
        if packing == .tarZstd { archive_write_add_filter_zstd(archive) }
        if let options { precondition(archive_write_set_options(archive, options) == ARCHIVE_OK) }
        if let passphrase { archive_write_set_passphrase(archive, passphrase) }
        precondition(archive_write_open_filename(archive, path) == ARCHIVE_OK)
    }

    deinit { archive_write_free(archive) }

    func add(_ path: String, _ bytes: [UInt8]) {
        header(path, type: S_IFREG, size: bytes.count)
        precondition(archive_write_data(archive, bytes, bytes.count) == bytes.count)
    }

    func add(_ path: String, type: mode_t, link: String? = nil, hardLink: String? = nil) {
        header(path, type: type, size: 0, link: link, hardLink: hardLink)
    }

    private func header(_ path: String, type: mode_t, size: Int, link: String? = nil, hardLink: String? = nil) {
        let entry = archive_entry_new()
        archive_entry_set_pathname(entry, path)
        archive_entry_set_filetype(entry, type)
        archive_entry_set_perm(entry, 0o644)
        archive_entry_set_size(entry, Int64(size))
        if let link { archive_entry_set_symlink(entry, link) }
        if let hardLink { archive_entry_set_hardlink(entry, hardLink) }
        let code = archive_write_header(archive, entry)
        precondition(code == ARCHIVE_OK, String(cString: archive_error_string(archive)))
        archive_entry_free(entry)
    }
}

extension DatasetRequest {
    init(_ path: String, cache: TemporaryFolder) { self.init(path: path, cacheDirectory: cache.path) }
}

/// Everything of a dataset that may not depend on how it was stored and read.
struct Essence: Equatable {
    var classes: [String]
    var shape: [Int]
    var splits: [[String]]
    var labels: [[Int32]]
    var pixels: UInt64
    var statistics: [Float]
    var leftOut: [LeftOutFile]
    var contentHash: String

    init(_ dataset: Dataset) {
        classes = dataset.classes
        shape = [dataset.width, dataset.height, dataset.channels, dataset.totalFiles]
        let all = [dataset.train, dataset.evaluation, dataset.test]
        splits = all.map(\.paths)
        labels = all.map(\.labels)
        let bytes = dataset.width * dataset.height * dataset.channels
        var every: [UInt8] = []
        for images in all {
            for i in 0..<images.count { every += UnsafeBufferPointer(start: images.pixels(i), count: bytes) }
        }
        pixels = every.withUnsafeBytes { PixelHash.of($0) }
        statistics = dataset.mean + dataset.std
        leftOut = dataset.leftOut
        contentHash = dataset.contentHash
    }
}

extension Dataset {
    var counts: [Int] { [train.count, evaluation.count, test.count] }
}

/// The error that reading gives, `nil` where it succeeds.
func failure(_ request: DatasetRequest, threads: Int = 2) -> DatasetError? {
    do throws(DatasetError) {
        _ = try DatasetReader.read(request, pool: ThreadPool(threads: threads))
        return nil
    } catch {
        return error
    }
}

/// The same of a survey.
func surveyFailure(_ request: DatasetRequest) -> DatasetError? {
    do throws(DatasetError) {
        _ = try DatasetReader.survey(request)
        return nil
    } catch {
        return error
    }
}

func read(_ request: DatasetRequest, threads: Int = 2) throws -> Dataset {
    try DatasetReader.read(request, pool: ThreadPool(threads: threads))
}
