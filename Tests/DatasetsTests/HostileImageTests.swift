import Compute
import Foundation
import Manifests
import Testing

@testable import Datasets

/// Files that are cut off, damaged, or promise more than they hold: refused with a reason, never a crash.
@Suite struct HostileImageTests {
    private static func picture(_ width: Int, _ height: Int, channels: Int) -> Bitmap {
        var random = CounterRandom(seed: 4, stream: 2)
        let pixels = (0..<width * height * channels).map { i in
            UInt8(min(max(Float(i * 200 / (width * height * channels)) + 20 * random.bell() + 20, 0), 255))
        }
        return Bitmap(width: width, height: height, channels: channels, pixels: pixels)
    }

    private static var files: [(name: String, bytes: [UInt8])] {
        let (color, gray) = (picture(23, 17, channels: 3), picture(19, 21, channels: 1))
        return [
            ("png", ImageCodec.encodePNG(color)), ("gray png", ImageCodec.encodePNG(gray)),
            ("jpeg", ImageCodec.encodeJPEG(color)), ("gray jpeg", ImageCodec.encodeJPEG(gray)),
            ("progressive", ImageCodec.encodeJPEG(color, quality: 60, progressive: true)),
        ]
    }

    private func decode(_ bytes: [UInt8], _ decoder: ImageDecoder = ImageDecoder()) throws(ImageError) -> Bitmap {
        let result = bytes.withUnsafeBytes { bytes -> Result<Bitmap, ImageError> in
            do throws(ImageError) {
                return .success(try decoder.decode(bytes, background: .black, limits: Limits()))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    @Test func pngKeepsEveryPixel() throws {
        for (width, height) in [(1, 1), (1, 7), (9, 1), (23, 17), (300, 2)] {
            let color = Self.picture(width, height, channels: 3)
            #expect(try decode(ImageCodec.encodePNG(color)) == color)
            let gray = Self.picture(width, height, channels: 1)
            let back = try decode(ImageCodec.encodePNG(gray))
            #expect(back.pixels == gray.pixels.flatMap { [$0, $0, $0] })
        }
    }

    @Test func jpegKeepsPixelsNearly() throws {
        var smooth = Self.picture(40, 30, channels: 3)
        for i in smooth.pixels.indices { smooth.pixels[i] = UInt8(40 + i * 150 / smooth.pixels.count) }
        for progressive in [false, true] {
            let back = try decode(ImageCodec.encodeJPEG(smooth, quality: 95, progressive: progressive))
            #expect(back.width == 40 && back.height == 30)
            #expect(zip(back.pixels, smooth.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 6 })
        }
        let sizes = [10, 50, 95].map { ImageCodec.encodeJPEG(Self.picture(40, 30, channels: 3), quality: $0).count }
        #expect(sizes == sizes.sorted() && sizes[0] < sizes[2])
    }

    /// Every beginning of a file that is not the whole of it is refused. The last two bytes of a JPEG are its end
    /// marker, which is wanted too.
    @Test func cutOffAnywhere() {
        for (name, bytes) in Self.files {
            let decoder = ImageDecoder()
            for count in 0..<bytes.count {
                #expect(throws: ImageError.self, "\(name) of \(bytes.count) bytes, cut to \(count)") {
                    try decode(Array(bytes[..<count]), decoder)
                }
            }
        }
    }

    @Test func bitFlipsNeverCrash() {
        for (name, bytes) in Self.files {
            let decoder = ImageDecoder()
            var (fine, refused) = (0, 0)
            for seed in 0..<3000 {
                var random = CounterRandom(seed: UInt64(seed), stream: 9)
                var damaged = bytes
                for _ in 0...random.index(below: 4) {
                    damaged[random.index(below: bytes.count)] ^= 1 << UInt8(random.index(below: 8))
                }
                var target = [UInt8](repeating: 0, count: 8 * 8 * 3)
                let decodes = damaged.withUnsafeBytes { damaged in
                    do throws(ImageError) {
                        try decoder.decode(
                            damaged, into: &target, width: 8, height: 8, channels: .rgb, fit: .crop,
                            background: .black, limits: Limits())
                        return true
                    } catch {
                        return error.description.isEmpty
                    }
                }
                if decodes { fine += 1 } else { refused += 1 }
            }
            #expect(refused > 100, "\(name): \(fine) of 3000 damaged files decode")
            // What came before does not show.
            let (used, new) = (try? decode(bytes, decoder), try? decode(bytes))
            #expect(used != nil && used == new, "\(name)")
        }
    }

    /// A header may promise billions of pixels; nothing of that size is taken before it is refused.
    @Test(arguments: [
        (1, 0x7FFF_FFFF), (0x7FFF_FFFF, 1), (1, 0x8000_0000), (30_000, 30_000), (0xFFFF_FFFF, 0xFFFF_FFFF),
    ])
    func hugePNG(width: UInt32, height: UInt32) {
        let bytes = Self.pngHeader(width, height)
        let start = ContinuousClock.now
        let error = #expect(throws: ImageError.self) { try decode(bytes) }
        #expect(ContinuousClock.now - start < .seconds(1))
        guard case .tooLarge = error else {
            Issue.record("\(width) x \(height) is refused as \(String(describing: error))")
            return
        }
    }

    /// 65,500 is the largest side libjpeg takes, 65,535 what the format can say.
    @Test(arguments: [65_500, 65_535]) func hugeJPEG(side: Int) throws {
        var bytes = ImageCodec.encodeJPEG(Self.picture(23, 17, channels: 3))
        let frame = try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
        for i in [5, 7] {
            bytes[frame + i] = UInt8(side >> 8)
            bytes[frame + i + 1] = UInt8(side & 255)
        }
        let start = ContinuousClock.now
        let error = #expect(throws: ImageError.self) { try decode(bytes) }
        #expect(ContinuousClock.now - start < .seconds(1))
        switch error {
        case .tooLarge(limit: "imageSide", value: _, found: side): break
        case .unsupported where side > 65_500: break
        default: Issue.record("refused as \(String(describing: error))")
        }
    }

    /// A small file that asks for its whole image to be worked over thousands of times.
    @Test func progressiveBomb() throws {
        let bytes = ImageCodec.encodeJPEG(Self.picture(640, 480, channels: 3), quality: 60, progressive: true)
        func marker(_ code: UInt8?, from start: Int) -> Int? {
            bytes.indices[start...].dropLast().first { at in
                guard bytes[at] == 0xFF, code.map({ $0 == bytes[at + 1] }) ?? true else { return false }
                // A stuffed zero and restarts are part of a scan.
                return bytes[at + 1] != 0 && !(0xD0...0xD7).contains(bytes[at + 1])
            }
        }
        let scan = try #require(marker(0xDA, from: 0))
        let end = try #require(marker(nil, from: scan + 2))
        let bomb = bytes[..<end] + (0..<5000).flatMap { _ in bytes[scan..<end] } + bytes[end...]
        let start = ContinuousClock.now
        let error = #expect(throws: ImageError.self) { try decode(Array(bomb)) }
        #expect(ContinuousClock.now - start < .seconds(1))
        #expect(error == .tooLarge(limit: "JPEG scans", value: 100, found: 101))
    }

    @Test func theLimitsAreTheCallers() throws {
        var limits = Limits()
        limits.imagePixels = 23 * 17 - 1
        for (name, bytes) in Self.files where name == "png" || name == "jpeg" {
            bytes.withUnsafeBytes { bytes in
                let error = #expect(throws: ImageError.self) { try ImageCodec.probe(bytes, limits: limits) }
                #expect(error == .tooLarge(limit: "imagePixels", value: 390, found: 391))
            }
        }
        limits = Limits()
        limits.imageFileBytes = 100
        Self.files[0].bytes.withUnsafeBytes { bytes in
            let error = #expect(throws: ImageError.self) { try ImageCodec.probe(bytes, limits: limits) }
            #expect(error == .tooLarge(limit: "imageFileBytes", value: 100, found: bytes.count))
        }
    }

    @Test(arguments: [
        ("", "empty"), ("GIF89a......", "GIF"), ("<html>", "HTML"), ("version https://git-lfs.github.com", "LFS"),
        ("PK\u{3}\u{4}", "zip"), ("\0\0\0\0\0\0\0\0", "zeros"), ("....", "unknown"),
    ])
    func saysWhatItIsInstead(content: String, word: String) {
        let error = #expect(throws: ImageError.self) { try decode(Array(content.utf8)) }
        #expect(error?.description.contains(word) == true)
    }

    /// Signature and IHDR of an 8-bit gray PNG, with a right CRC.
    private static func pngHeader(_ width: UInt32, _ height: UInt32) -> [UInt8] {
        func big(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> UInt32(24 - 8 * $0) & 255) } }
        let chunk = Array("IHDR".utf8) + big(width) + big(height) + [8, 0, 0, 0, 0]
        var crc = UInt32.max
        for byte in chunk {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + big(13) + chunk + big(~crc)
    }
}
