import Compute
import Datasets
import Foundation
import Manifests

/// JPEG and PNG files in memory to pixels: of a folder, or made here.
enum DecodeBenchmark {
    static func run(_ settings: BenchmarkSettings, pool: ThreadPool, report: (BenchmarkRow) -> Void) throws {
        if let folder = settings.images {
            let side = settings.side
            let files = try Self.files(folder, side: side)
            let what = side.map { "\(files.count) files to \($0)x\($0)" } ?? "\(files.count) files"
            report(measure(what, files, settings, pool: pool, passes: 1))
            return
        }
        for (side, target) in [(32, 32), (96, 96), (256, 96), (1024, 96)] {
            let files = (0..<16).map {
                File(
                    bytes: ImageCodec.encodeJPEG(drawing(side: side, seed: UInt32($0))), width: target, height: target)
            }
            let what = "JPEG \(side)x\(side) to \(target)x\(target)"
            report(measure(what, files, settings, pool: pool, passes: max(1, settings.batch / files.count)))
        }
    }

    /// A file and the size that it is brought to.
    private struct File {
        var bytes: [UInt8]
        var width, height: Int
    }

    /// - Parameter side: of the squares that the images are stretched to; `nil`: they keep their size.
    /// - Throws: `BenchmarkError.images` where there are none, or one does not decode.
    private static func files(_ folder: String, side: Int?) throws -> [File] {
        let decoder = ImageDecoder()
        let paths = (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? [])
            .filter { ["jpg", "jpeg", "png"].contains(($0 as NSString).pathExtension.lowercased()) }.sorted()
        let files = try paths.map { path in
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + path)))
            let image: Bitmap
            do {
                image = try bytes.withUnsafeBytes { try decoder.decode($0, background: .black, limits: Limits()) }
            } catch let error as ImageError {
                throw BenchmarkError.images("\(folder)/\(path): \(error.description)")
            }
            return File(bytes: bytes, width: side ?? image.width, height: side ?? image.height)
        }
        guard !files.isEmpty else { throw BenchmarkError.images("\(folder): no .jpg, .jpeg or .png file") }
        return files
    }

    private static func measure(
        _ what: String, _ files: [File], _ settings: BenchmarkSettings, pool: ThreadPool, passes: Int
    ) -> BenchmarkRow {
        let room = files.map { $0.width * $0.height * 3 }.max() ?? 0
        let decoders = (0..<pool.threads).map { _ in ImageDecoder() }
        let pixels = (0..<pool.threads).map { _ in UnsafeMutablePointer<UInt8>.allocate(capacity: room) }
        defer { for buffer in pixels { buffer.deallocate() } }
        let timing = Timing.of(seconds: settings.seconds) {
            pool.run(files.count * passes) { task, thread in
                let file = files[task % files.count]
                file.bytes.withUnsafeBytes { bytes in
                    do throws(ImageError) {
                        try decoders[thread].decode(
                            bytes, into: pixels[thread], width: file.width, height: file.height, channels: .rgb,
                            fit: .stretch, background: .black, limits: Limits())
                    } catch {
                        fatalError("a file that was just decoded is \(error)")
                    }
                }
            }
        }
        return BenchmarkRow("decode", what, settings: settings, timing: timing, batch: files.count * passes)
    }

    /// Soft colours with some detail, so that the file is about as large as a photo's.
    private static func drawing(side: Int, seed: UInt32) -> Bitmap {
        var random = CounterRandom(seed: 1, stream: seed)
        var pixels = [UInt8](repeating: 0, count: side * side * 3)
        for y in 0..<side {
            for x in 0..<side {
                for c in 0..<3 {
                    let slow = 128 + 60 * ((x * (c + 1) + y * 2) % side - side / 2) / side
                    pixels[(y * side + x) * 3 + c] = UInt8(slow + random.index(below: 40) - 20)
                }
            }
        }
        return Bitmap(width: side, height: side, channels: 3, pixels: pixels)
    }
}
