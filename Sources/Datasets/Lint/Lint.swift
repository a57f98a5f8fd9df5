/// All checks on the usable images of a dataset.
struct Lint {
    /// What was found, and which images are to be left out of training.
    struct Result {
        var findings: [LintFinding]
        /// Indices into `images`: same pixels in training and in evaluation or test; same pixels, different labels.
        var leftOutOfTraining: [Int]
    }

    /// - Parameter pixels: height * width.
    static func check(
        images: [LintInput], classes: [String], store: PixelStore, pixels: Int, channels: Int
    ) -> Result {
        Result(findings: [], leftOutOfTraining: [])
    }
}
