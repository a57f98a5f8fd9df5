import Datasets
import Testing

struct PerturbationTests {
    private func picture(width: Int = 21, height: Int = 16, channels: Int = 3) -> Bitmap {
        var pixels = [UInt8](repeating: 0, count: width * height * channels)
        for i in pixels.indices { pixels[i] = UInt8((i * 37 + i / 50 * 11) % 200 + 20) }
        return Bitmap(width: width, height: height, channels: channels, pixels: pixels)
    }

    private func mean(_ image: Bitmap) -> Double {
        Double(image.pixels.reduce(0) { $0 + Int($1) }) / Double(image.pixels.count)
    }

    @Test(arguments: Perturbation.allCases, [1, 3])
    func changesTheImageAndNotItsShape(change: Perturbation, channels: Int) {
        let image = picture(channels: channels)
        let changed = change.apply(to: image, seed: 3, index: 5)
        #expect(changed.width == 21 && changed.height == 16 && changed.channels == channels)
        #expect(changed != image)
        #expect(change.apply(to: image, seed: 3, index: 5) == changed)
    }

    @Test func lightAndContrastAsByHand() {
        let image = Bitmap(width: 2, height: 1, channels: 1, pixels: [100, 200])
        #expect(Perturbation.darker.apply(to: image, seed: 1, index: 0).pixels == [60, 120])
        #expect(Perturbation.brighter.apply(to: image, seed: 1, index: 0).pixels == [140, 255])
        #expect(Perturbation.contrast.apply(to: image, seed: 1, index: 0).pixels == [125, 175])
    }

    @Test func blurAndRotationLeaveOneColourAlone() {
        let plain = Bitmap(width: 9, height: 12, channels: 3, pixels: [UInt8](repeating: 77, count: 324))
        #expect(Perturbation.blur.apply(to: plain, seed: 1, index: 0) == plain)
        #expect(Perturbation.rotation.apply(to: plain, seed: 1, index: 0) == plain)
    }

    @Test func blurSpreadsAPoint() {
        var pixels = [UInt8](repeating: 0, count: 15 * 15)
        pixels[7 * 15 + 7] = 255
        let blurred = Perturbation.blur.apply(
            to: Bitmap(width: 15, height: 15, channels: 1, pixels: pixels), seed: 1, index: 0)
        // Sigma 0.5: the middle weight is 1 / (1 + 2 e^-2 + 2 e^-8) = 0.7865 each way.
        #expect(abs(Int(blurred.pixels[7 * 15 + 7]) - 158) <= 1)
        #expect(blurred.pixels[7 * 15 + 6] == blurred.pixels[6 * 15 + 7])
        #expect(abs(Int(blurred.pixels[7 * 15 + 6]) - 21) <= 1)
    }

    @Test func noiseHasItsDeviation() {
        let plain = Bitmap(width: 64, height: 64, channels: 3, pixels: [UInt8](repeating: 128, count: 64 * 64 * 3))
        let noisy = Perturbation.noise.apply(to: plain, seed: 1, index: 0)
        let deviations = noisy.pixels.map { Double($0) - 128 }
        let variance = deviations.reduce(0) { $0 + $1 * $1 } / Double(deviations.count)
        #expect(abs(mean(noisy) - 128) < 1)
        #expect(abs(variance.squareRoot() - 20) < 1)
        #expect(Perturbation.noise.apply(to: plain, seed: 1, index: 1) != noisy)
    }

    @Test func turningMovesAPointByTheAngle() {
        var pixels = [UInt8](repeating: 0, count: 41 * 41)
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1), (-1, 0), (0, -1), (-1, -1), (1, -1), (-1, 1)] {
            pixels[(20 + dy) * 41 + 35 + dx] = 255
        }
        let turned = Perturbation.rotation.apply(
            to: Bitmap(width: 41, height: 41, channels: 1, pixels: pixels), seed: 1, index: 0)
        // 15 to the right of the middle; 15 degrees on: 14.5 to the right and 3.9 up or down.
        let brightest = turned.pixels.indices.max { turned.pixels[$0] < turned.pixels[$1] } ?? 0
        #expect(abs(brightest % 41 - 34) <= 1)
        #expect(abs(abs(brightest / 41 - 20) - 4) <= 1)
    }
}
