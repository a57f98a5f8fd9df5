import Foundation
import Manifests
import Testing

@testable import Datasets

/// Files that other libraries' authors collected because decoders fail on them, against what a careful decoder says.
@Suite struct CorpusTests {
    @Test(.enabled(if: Corpus.exists("pngsuite.tar"), "skipped: no ../shared/data/pngsuite.tar"))
    func pngSuite() throws { try compare("pngsuite", exceptions: Self.pngSuiteExceptions) }

    @Test(.enabled(if: Corpus.exists("png-wild.tar"), "skipped: no ../shared/data/png-wild.tar"))
    func wildPNG() throws { try compare("png-wild", exceptions: Self.wildPNGExceptions) }

    @Test(.enabled(if: Corpus.exists("jpeg-conformance.tar"), "skipped: no ../shared/data/jpeg-conformance.tar"))
    func jpegConformance() throws { try compare("jpeg-conformance", exceptions: [:]) }

    @Test(.enabled(if: Corpus.exists("photos.tar"), "skipped: no ../shared/data/photos.tar"))
    func photographs() throws {
        let decoder = ImageDecoder()
        var target = [UInt8](repeating: 0, count: 64 * 64 * 3)
        let files = try Corpus.files(ofTar: "photos.tar")
        #expect(files.count == 1000)
        for file in files {
            try file.bytes.withUnsafeBytes { bytes in
                let whole = try decoder.decode(bytes, background: .black, limits: Limits())
                for fit in Fit.allCases where fit != .pad {
                    try decoder.decode(
                        bytes, into: &target, width: 64, height: 64, channels: .rgb, fit: fit, background: .black,
                        limits: Limits())
                    // Resizing keeps the mean, apart from what a crop takes away.
                    if fit == .stretch {
                        for (a, b) in zip(means(whole.pixels), means(target)) {
                            #expect(abs(a - b) < 1.5, "\(file.name): the mean of \(a) became \(b)")
                        }
                    }
                }
            }
        }
    }

    /// What this decoder does otherwise than the list says, and why it may.
    private enum Exception {
        /// The file decodes, though the list has it as an error.
        case decodes(String)
        /// The mean of all channels, where the list's is wrong.
        case mean(Double, String)
    }

    /// Values that follow from the samples themselves: of 16 bits, v / 257 rounded; transparent where v is tRNS.
    private static let pngSuiteExceptions: [String: Exception] = {
        let clipped = "the list's maker clips 16-bit gray at 255 where it should scale it"
        let unscaled = "the list's maker compares tRNS with samples already scaled to 8 bits: nothing is transparent"
        return [
            "basi0g16.png": .mean(143.83, clipped), "basn0g16.png": .mean(143.83, clipped),
            "g03n0g16.png": .mean(170.06, clipped), "g04n0g16.png": .mean(160.97, clipped),
            "g05n0g16.png": .mean(152.76, clipped), "g07n0g16.png": .mean(142.10, clipped),
            "g10n0g16.png": .mean(123.79, clipped), "g25n0g16.png": .mean(78.23, clipped),
            "oi1n0g16.png": .mean(143.83, clipped), "oi2n0g16.png": .mean(143.83, clipped),
            "oi4n0g16.png": .mean(143.83, clipped), "oi9n0g16.png": .mean(143.83, clipped),
            "tbwn0g16.png": .mean(58.88, clipped + ", and so takes every pixel for transparent"),
            "tbbn0g04.png": .mean(56.16, unscaled),
        ]
    }()

    private static let wildPNGExceptions: [String: Exception] = [
        "apng__chunk_no_fctl.png": .decodes(
            "the fault is in the frames of an animation, of which only the image counts")
    ]

    private func compare(_ name: String, exceptions: [String: Exception]) throws {
        let expected = try Corpus.expectations(name + ".csv")
        let files = try Corpus.files(ofTar: name + ".tar")
        #expect(files.count == expected.count)
        let decoder = ImageDecoder()
        for file in files {
            let want = try #require(expected[file.name], "\(file.name) is not in the list")
            var refuses = want.decodes != "ok"
            var wanted = want.means
            switch exceptions[file.name] {
            case .decodes: refuses = false
            case .mean(let mean, _): wanted = [mean, mean, mean]
            case nil: break
            }
            let answer: (info: ImageInfo, bitmap: Bitmap)
            do {
                answer = try file.bytes.withUnsafeBytes { bytes in
                    (
                        try decoder.probe(bytes, limits: Limits()),
                        try decoder.decode(bytes, background: .black, limits: Limits())
                    )
                }
            } catch let error as ImageError {
                #expect(refuses, "\(file.name): \(error)")
                continue
            }
            #expect(!refuses, "\(file.name) decodes, which it should not")
            if want.decodes != "ok" { continue }
            let turned = want.orientation >= 5
            #expect(answer.info.orientation == want.orientation, "\(file.name)")
            #expect(answer.bitmap.width == (turned ? want.height : want.width), "\(file.name)")
            #expect(answer.bitmap.height == (turned ? want.width : want.height), "\(file.name)")
            #expect(answer.info.width == answer.bitmap.width && answer.info.height == answer.bitmap.height)
            for (a, b) in zip(means(answer.bitmap.pixels), wanted) {
                #expect(abs(a - b) <= 1, "\(file.name): means \(means(answer.bitmap.pixels)), not \(wanted)")
            }
        }
    }

    private func means(_ pixels: [UInt8]) -> [Double] {
        var sums = [0, 0, 0]
        for i in pixels.indices { sums[i % 3] += Int(pixels[i]) }
        return sums.map { Double($0) / Double(pixels.count / 3) }
    }
}
