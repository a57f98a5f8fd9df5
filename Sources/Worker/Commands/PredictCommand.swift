import Foundation
import Manifests

/// `distilld predict`: a line for each image.
public struct PredictCommand {
    private let model: String
    private let images: [String]
    private let top: Int

    public init(model: String, images: [String], top: Int) {
        self.model = model
        self.images = images
        self.top = top
    }

    /// Prints `FILE: CLASS 97.1%, CLASS 2.0%`; an image that cannot be read gets its reason in its place.
    ///
    /// - Throws: `SavedModel.Unreadable`; `JobFailure` after the last image where some could not be read.
    public func run(print: (String) -> Void) throws {
        let predictor = try Predictor(path: model)
        var unreadable: [String] = []
        for image in images {
            do {
                let answers = try predictor.predict(image: image).prefix(max(top, 1))
                let text = answers.map { String(format: "%@ %.1f%%", $0.name, $0.probability * 100) }
                print("\(image): \(text.joined(separator: ", "))")
            } catch {
                unreadable.append("\(image): \(error)")
            }
        }
        guard unreadable.isEmpty else {
            throw JobFailure(
                code: "predict.images", what: "\(unreadable.count) of \(images.count) images could not be read",
                fix: "give PNG or JPEG files", details: unreadable)
        }
    }
}
