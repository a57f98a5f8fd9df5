import Manifests

/// Which part of an image goes to which part of a target of another size.
struct Placement: Equatable {
    /// The part of the source, in its pixels; fractions of pixels count.
    var sourceX: Double
    var sourceY: Double
    var sourceWidth: Double
    var sourceHeight: Double
    /// The part of the target, in whole pixels.
    var targetX: Int
    var targetY: Int
    var targetWidth: Int
    var targetHeight: Int

    /// - stretch: all of the source to all of the target.
    /// - crop: the largest centred part of the source that has the target's aspect ratio, to all of the target.
    /// - pad: all of the source to the largest centred part of the target that has (to a pixel) its aspect ratio.
    init(source: (width: Int, height: Int), target: (width: Int, height: Int), fit: Fit) {
        sourceX = 0
        sourceY = 0
        sourceWidth = Double(source.width)
        sourceHeight = Double(source.height)
        targetX = 0
        targetY = 0
        targetWidth = target.width
        targetHeight = target.height
        // Whether the source is wider than the target, by cross products: exact.
        let (across, down) = (source.width * target.height, source.height * target.width)
        switch fit {
        case .stretch: break
        case .crop where across > down:
            sourceWidth = Double(down) / Double(target.height)
            sourceX = (Double(source.width) - sourceWidth) / 2
        case .crop where across < down:
            sourceHeight = Double(across) / Double(target.width)
            sourceY = (Double(source.height) - sourceHeight) / 2
        case .crop: break
        case .pad where across > down:
            targetHeight = max(1, (2 * down + source.width) / (2 * source.width))
            targetHeight = min(targetHeight, target.height)
            targetY = (target.height - targetHeight) / 2
        case .pad:
            targetWidth = max(1, (2 * across + source.height) / (2 * source.height))
            targetWidth = min(targetWidth, target.width)
            targetX = (target.width - targetWidth) / 2
        }
    }

    /// The same with across and down exchanged.
    var transposed: Placement {
        var result = self
        swap(&result.sourceX, &result.sourceY)
        swap(&result.sourceWidth, &result.sourceHeight)
        swap(&result.targetX, &result.targetY)
        swap(&result.targetWidth, &result.targetHeight)
        return result
    }

    /// The same for a source of which every `shrink` pixels have become one.
    func shrunk(by shrink: Int, to size: (width: Int, height: Int)) -> Placement {
        guard shrink > 1 else { return self }
        var result = self
        let scale = 1 / Double(shrink)
        result.sourceX *= scale
        result.sourceY *= scale
        // libjpeg rounds sizes up: the last pixel may stand for fewer, and the part must stay inside.
        result.sourceWidth = min(sourceWidth * scale, Double(size.width) - result.sourceX)
        result.sourceHeight = min(sourceHeight * scale, Double(size.height) - result.sourceY)
        return result
    }

    /// Whether all of a source of this size goes to the target pixel by pixel.
    func isIdentity(_ width: Int, _ height: Int) -> Bool {
        sourceX == 0 && sourceY == 0 && sourceWidth == Double(width) && sourceHeight == Double(height)
            && targetWidth == width && targetHeight == height
    }
}
