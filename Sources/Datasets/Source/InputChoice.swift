import Manifests

/// The shape of the input that the data suggest, and why.
///
/// - All images of one size of at most 40 pixels a side: that size.
/// - Otherwise square, by the median of the shorter side: 32 up to 40 pixels, 64 up to 80, 96 beyond. Networks of the
///   sizes trained here gain little from more, and their cost grows with the area.
/// - Gray where every image is, otherwise RGB.
struct InputChoice: Codable, Equatable {
    /// Raised when the rule changes, so that choices written down by an older version are not used.
    static let ruleVersion = 2

    var version = InputChoice.ruleVersion
    var width: Int
    var height: Int
    var channels: Channels
    var reason: String

    /// `nil` for an empty sample.
    init?(sizes: [SizeSample.Size]) {
        guard let first = sizes.first else { return nil }
        let images = sizes.count == 1 ? "the image sampled" : "all \(sizes.count.grouped) images sampled"
        if max(first.width, first.height) <= 40,
            sizes.allSatisfy({ $0.width == first.width && $0.height == first.height })
        {
            width = max(8, Int(first.width))
            height = max(8, Int(first.height))
            reason = sizes.count == 1 ? "it is the size of the image sampled" : "\(images) have this size"
        } else {
            // Ties are broken by what is said of the median, not by the order of the sample.
            let byShorterSide = sizes.map { (min($0.width, $0.height), $0.width, $0.height) }.sorted { $0 < $1 }
            let median = byShorterSide[sizes.count / 2]
            let side = median.0
            width = side <= 40 ? 32 : side <= 80 ? 64 : 96
            height = width
            reason = "the median of \(sizes.count.of("image")) sampled is \(median.1)x\(median.2)"
        }
        channels = sizes.allSatisfy(\.gray) ? .gray : .rgb
        if channels == .gray { reason += ", \(images) gray" }
    }

    /// The input asked for, with what was left open filled in: a missing side is as long as the given one.
    func completing(_ input: InputSpec) -> (width: Int, height: Int, channels: Channels) {
        (
            input.width ?? input.height ?? width, input.height ?? input.width ?? height,
            input.channels ?? channels
        )
    }

    /// What to tell the user, or `nil` where nothing was left open.
    func note(for input: InputSpec) -> String? {
        guard !Self.isComplete(input) else { return nil }
        let chosen = completing(input)
        let why =
            (input.width ?? input.height) == nil || input.channels == nil ? reason : "square, as one side was given"
        return "input \(chosen.width)x\(chosen.height) \(chosen.channels.rawValue), chosen from the data: \(why)"
    }

    static func isComplete(_ input: InputSpec) -> Bool {
        input.width != nil && input.height != nil && input.channels != nil
    }
}
