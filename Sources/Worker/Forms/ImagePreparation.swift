import Datasets
import Exporters
import Foundation
import Manifests

/// Turns image files into what a student takes, by its own preprocessing.
struct ImagePreparation {
    private let preprocessing: Preprocessing
    private let background: RGBColor
    private let fit: Fit

    /// Floats of an image.
    var count: Int { preprocessing.width * preprocessing.height * preprocessing.channels }

    /// - Parameter path: of the model, for messages.
    /// - Throws: `SavedModel.Unreadable`.
    init(_ preprocessing: Preprocessing, path: String) throws(SavedModel.Unreadable) {
        guard let color = RGBColor(hex: preprocessing.background), let fit = Fit(rawValue: preprocessing.fit.rawValue)
        else {
            throw SavedModel.Unreadable(
                path: path, reason: "its preprocessing names the background \(preprocessing.background)")
        }
        self.preprocessing = preprocessing
        background = color
        self.fit = fit
    }

    /// Writes H,W,C.
    ///
    /// - Throws: `ImageError`, or that the file cannot be read.
    func read(image path: String, limits: Limits, to input: UnsafeMutablePointer<Float>) throws {
        let p = preprocessing
        for (i, value) in try pixels(image: path, limits: limits).enumerated() {
            let channel = i % p.channels
            input[i] = (Float(value) * Float(p.scale) - p.mean[channel]) / p.std[channel]
        }
    }

    /// H,W,C of 0...255, not normalised.
    ///
    /// - Throws: `ImageError`, or that the file cannot be read.
    func pixels(image path: String, limits: Limits) throws -> [UInt8] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let p = preprocessing
        var pixels = [UInt8](repeating: 0, count: count)
        try data.withUnsafeBytes { bytes in
            try ImageCodec.decode(
                bytes, into: &pixels, width: p.width, height: p.height, channels: p.channels == 1 ? .gray : .rgb,
                fit: fit, background: background, limits: limits)
        }
        return pixels
    }
}
