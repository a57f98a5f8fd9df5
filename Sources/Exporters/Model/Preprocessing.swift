import Foundation

/// What is to be done to an image before a network sees it: the content of `preprocess.json`.
///
/// In order: decode to 8 bits a channel with the EXIF orientation applied, put on `background` where it is
/// transparent, resize to `width` x `height` by `fit` with antialiasing, multiply by `scale`, subtract `mean` and
/// divide by `std` channel by channel, and store in the order of `layout`.
public struct Preprocessing: Codable, Sendable, Equatable {
    public enum ChannelOrder: String, Codable, Sendable {
        case rgb = "RGB"
        case gray = "GRAY"
    }
    /// Scaled to the size; scaled to cover it and cut in the middle; scaled to fit in and padded with `background`.
    public enum Fit: String, Codable, Sendable, CaseIterable { case stretch, crop, pad }

    public var width: Int
    public var height: Int
    /// 3 or 1.
    public var channels: Int
    public var channelOrder: ChannelOrder
    public var fit: Fit
    /// `#RRGGBB`
    public var background: String
    /// Factor on 0...255: 1/255.
    public var scale: Double
    /// A value a channel, of scaled pixels.
    public var mean: [Float]
    public var std: [Float]
    /// Of the exported files' input: images, channels, rows, columns.
    public var layout: String

    public init(
        width: Int, height: Int, channels: Int, fit: Fit, background: String, mean: [Float], std: [Float],
        layout: String = "NCHW"
    ) {
        precondition(channels == 1 || channels == 3, "channels must be 1 or 3, not \(channels)")
        precondition(mean.count == channels && std.count == channels, "mean and std need a value a channel")
        self.width = width
        self.height = height
        self.channels = channels
        channelOrder = channels == 3 ? .rgb : .gray
        self.fit = fit
        self.background = background
        scale = 1.0 / 255
        self.mean = mean
        self.std = std
        self.layout = layout
    }

    /// The bytes of `preprocess.json`.
    public func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }

    /// The same on one line.
    func line() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// What cannot be about values that come from a file; `nil` for those that `init` makes.
    var mistake: String? {
        guard channels == 1 || channels == 3, (channels == 3) == (channelOrder == .rgb) else {
            return "\(channels) channels in \(channelOrder.rawValue) order"
        }
        guard mean.count == channels, std.count == channels, (mean + std).allSatisfy(\.isFinite),
            std.allSatisfy({ $0 > 0 })
        else {
            return "it needs a mean and a positive std for each of \(channels) channels, and has \(mean) and \(std)"
        }
        guard scale > 0, scale.isFinite else { return "a scale of \(scale)" }
        guard layout == "NCHW" else { return "the layout '\(layout)', where NCHW is known" }
        let digits = background.dropFirst()
        guard background.hasPrefix("#"), digits.count == 6, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            return "the background '\(background)', where #RRGGBB is needed"
        }
        return nil
    }

    var resizing: String {
        switch fit {
        case .stretch: "resized to \(width) x \(height)"
        case .crop: "resized to cover \(width) x \(height) and cut in the middle"
        case .pad: "resized to fit in \(width) x \(height) and padded with \(background)"
        }
    }

    /// In words, for a model's description.
    var explanation: String {
        "Images are \(resizing) with antialiasing, in \(channelOrder.rawValue) order; each value v of 0...255 "
            + "becomes (v / 255 - mean) / std with mean \(mean) and std \(std)."
    }
}
