/// How many images go through all layers of a network together, in evaluation.
public enum ImageBlock {
    /// Floats of an activation, or of a convolution's weights, that a second-level cache holds beside the rest.
    private static let cached = 65_536
    /// Pixels of a convolution's output for which weights that no cache holds are worth reading.
    private static let pixels = 512
    private static let most = 16
    /// Of a batch, so that threads have their part.
    private static let blocks = 8

    /// As many as leave their activations in the second-level cache; but where a convolution's weights do not fit there,
    /// enough images to read them for, as long as the batch still makes eight blocks for threads.
    ///
    /// - Parameters:
    ///   - largest: floats of the largest activation of an image.
    ///   - convolutions: floats of each one's weights, and the pixels of its output.
    public static func images(
        largest: Int, convolutions: some Sequence<(weights: Int, pixels: Int)>, maximumBatch: Int
    ) -> Int {
        let wanted = convolutions.reduce(1) { $1.weights > cached ? max($0, pixels / $1.pixels) : $0 }
        return min(maximumBatch, max(1, cached / max(largest, 1), min(wanted, maximumBatch / blocks, most)))
    }
}
