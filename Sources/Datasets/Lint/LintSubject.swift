/// The images under examination, in the order of their paths' bytes. The checks speak of positions in this order.
struct LintSubject {
    let images: [LintInput]
    /// For each position, the index the caller knows the image by.
    let given: [Int]
    let classes: [String]
    let store: PixelStore
    /// Height * width.
    let pixels: Int
    let channels: Int

    init(images: [LintInput], classes: [String], store: PixelStore, pixels: Int, channels: Int) {
        precondition(store.rowBytes == pixels * channels)
        let order = images.indices.sorted { a, b in images[a].path.precedes(images[b].path) }
        self.images = order.map { images[$0] }
        given = order
        self.classes = classes
        self.store = store
        self.pixels = pixels
        self.channels = channels
    }

    /// H, W, C bytes of an image.
    func row(_ position: Int) -> UnsafePointer<UInt8> { store.row(Int(images[position].row)) }

    func bytes(_ position: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: row(position), count: store.rowBytes)
    }

    /// Two images that are the same, or nearly, for the examples of a finding.
    func pair(_ a: Int, _ b: Int) -> String { "\(images[a].path) = \(images[b].path)" }

    /// What a check has to say.
    struct Outcome {
        var findings: [LintFinding] = []
        /// Positions of training images that are not to be trained on.
        var leftOut: [Int] = []
    }
}
