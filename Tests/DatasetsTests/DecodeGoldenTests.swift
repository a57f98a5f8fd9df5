import Foundation
import Manifests
import Testing

@testable import Datasets

/// Files of many kinds, decoded and resized, against what Pillow made of them (`Goldens/make.py`).
@Suite struct DecodeGoldenTests {
    private struct Case: Decodable {
        var file: String
        var width, height, channels: Int
        var fit: Fit
        var background: String
        /// Of any byte.
        var largestDifference: Int
        /// Of all bytes, in absolute value.
        var averageDifference: Double
        /// H, W, C bytes, base64.
        var pixels: Data
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Goldens")

    @Test func decodesAndResizesAsPillow() throws {
        let list = try Data(contentsOf: Self.folder.appendingPathComponent("decode.json"))
        let cases = try JSONDecoder().decode([Case].self, from: list)
        #expect(cases.count > 40)
        // One decoder for all: what it keeps from a file must not show in the next.
        let decoder = ImageDecoder()
        for golden in cases {
            let name = "\(golden.file) \(golden.fit) \(golden.width)x\(golden.height)x\(golden.channels)"
            let file = try Data(contentsOf: Self.folder.appendingPathComponent(golden.file))
            let background = try #require(RGBColor(hex: golden.background))
            var pixels = [UInt8](repeating: 0xA5, count: golden.width * golden.height * golden.channels)
            try file.withUnsafeBytes {
                try decoder.decode(
                    $0, into: &pixels, width: golden.width, height: golden.height,
                    channels: golden.channels == 1 ? .gray : .rgb, fit: golden.fit, background: background,
                    limits: Limits())
            }
            try #require(pixels.count == golden.pixels.count, "\(name)")
            let differences = zip(pixels, golden.pixels).map { abs(Int($0) - Int($1)) }
            let average = Double(differences.reduce(0, +)) / Double(differences.count)
            #expect(differences.max() ?? 0 <= golden.largestDifference, "\(name): average \(average)")
            #expect(average <= golden.averageDifference, "\(name)")
        }
    }
}
