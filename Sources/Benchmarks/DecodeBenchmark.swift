import Compute
import Datasets
import Manifests

/// JPEG files in memory to pixels of a fixed size: as large as the target, and larger ones that are scaled down.
enum DecodeBenchmark {
    static func run(_ settings: BenchmarkSettings, pool: ThreadPool, report: (BenchmarkRow) -> Void) throws {
        for (side, target) in [(32, 32), (96, 96), (256, 96), (1024, 96)] {
            let files = (0..<16).map { ImageCodec.encodeJPEG(drawing(side: side, seed: UInt32($0))) }
            let decoders = (0..<pool.threads).map { _ in ImageDecoder() }
            let pixels = (0..<pool.threads).map { _ in
                UnsafeMutablePointer<UInt8>.allocate(capacity: target * target * 3)
            }
            defer { for buffer in pixels { buffer.deallocate() } }
            // Files that were just made decode; a failure here is a defect of the program.
            let timing = Timing.of(seconds: settings.seconds) {
                pool.run(settings.batch) { task, thread in
                    files[task % files.count].withUnsafeBytes { bytes in
                        do throws(ImageError) {
                            try decoders[thread].decode(
                                bytes, into: pixels[thread], width: target, height: target, channels: .rgb,
                                fit: .stretch, background: .black, limits: Limits())
                        } catch {
                            fatalError("a JPEG file that was just made is \(error)")
                        }
                    }
                }
            }
            report(
                BenchmarkRow(
                    "decode", "JPEG \(side)x\(side) to \(target)x\(target)", settings: settings, timing: timing,
                    batch: settings.batch))
        }
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
