import CCodecs
import Manifests

/// Decodes PNG and JPEG files one after another, keeping libraries' state and memory between them.
///
/// One for each thread. What it gives for a file does not depend on the files before.
public final class ImageDecoder {
    private let jpeg: OpaquePointer
    private let resampler = Resampler()
    private let stored = ScratchBuffer()
    private let resized = ScratchBuffer()

    public init() {
        guard let made = cc_jpeg_create() else { fatalError("no memory for a JPEG decompressor") }
        jpeg = made
    }

    deinit { cc_jpeg_destroy(jpeg) }

    /// Reads the header only. That a header is well does not mean that the image is.
    public func probe(_ bytes: UnsafeRawBufferPointer, limits: Limits) throws(ImageError) -> ImageInfo {
        let file = try ImageFile(bytes, jpeg: jpeg, limits: limits)
        defer { file.close() }
        return file.info
    }

    /// The whole image: 3 channels, its own size, EXIF orientation applied.
    ///
    /// - Parameter background: the colour under transparent pixels.
    public func decode(
        _ bytes: UnsafeRawBufferPointer, background: RGBColor, limits: Limits
    ) throws(ImageError) -> Bitmap {
        let file = try ImageFile(bytes, jpeg: jpeg, limits: limits)
        let (width, height) = (file.info.width, file.info.height)
        file.close()
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        let failure = pixels.withUnsafeMutableBufferPointer { buffer -> ImageError? in
            do throws(ImageError) {
                try decode(
                    bytes, into: buffer.baseAddress.unsafelyUnwrapped, width: width, height: height, channels: .rgb,
                    fit: .stretch, background: background, limits: limits)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
        return Bitmap(width: width, height: height, channels: 3, pixels: pixels)
    }

    /// The image brought to `width` x `height`, EXIF orientation applied, 1 (luma) or 3 (R, G, B) channels.
    ///
    /// Resizing is that of `ResampleAxis`, placed by `fit`. A JPEG of at least four times the target's size is first
    /// scaled down by libjpeg, in the inverse DCT, to no less than twice the target's: detail that would be filtered
    /// out anyway.
    ///
    /// - Parameters:
    ///   - target: H, W, C bytes; undefined after an error.
    ///   - background: the colour under transparent pixels, and around a padded image.
    public func decode(
        _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutablePointer<UInt8>, width: Int, height: Int,
        channels: Channels, fit: Fit, background: RGBColor, limits: Limits
    ) throws(ImageError) {
        let file = try ImageFile(bytes, jpeg: jpeg, limits: limits)
        defer { file.close() }
        let seen = Placement(source: (file.info.width, file.info.height), target: (width, height), fit: fit)
        let place = file.orientation.swapsSides ? seen.transposed : seen
        let c = channels.count
        let shrink = Self.shrink(file, place)
        let storedWidth = (file.storedWidth + shrink - 1) / shrink
        let storedHeight = (file.storedHeight + shrink - 1) / shrink
        let fitting = place.shrunk(by: shrink, to: (storedWidth, storedHeight))
        let identity = fitting.isIdentity(storedWidth, storedHeight)
        if identity && file.orientation.isUpright && storedWidth == width && storedHeight == height {
            try file.read(into: target, stride: width * c, channels: c, background: background)
            return
        }
        let pixels = try stored.reserve(storedWidth * storedHeight * c)
        defer { stored.trim() }
        try file.read(into: pixels, stride: storedWidth * c, channels: c, background: background, shrink: shrink)

        if seen.targetWidth < width || seen.targetHeight < height {
            Self.fill(target, count: width * height, channels: c, background)
        }
        let corner = target + (seen.targetY * width + seen.targetX) * c
        if file.orientation.isUpright {
            try resampler.resize(
                pixels, width: storedWidth, height: storedHeight, channels: c, part: fitting, to: corner,
                toStride: width * c)
            return
        }
        var upright = pixels
        if !identity {
            upright = try resized.reserve(fitting.targetWidth * fitting.targetHeight * c)
            try resampler.resize(
                pixels, width: storedWidth, height: storedHeight, channels: c, part: fitting, to: upright,
                toStride: fitting.targetWidth * c)
        }
        file.orientation.apply(
            upright, width: fitting.targetWidth, height: fitting.targetHeight, channels: c, to: corner,
            toStride: width * c)
        resized.trim()
    }

    /// What libjpeg may divide the sides by without coming below twice the target's; by one where it is not JPEG.
    /// Thirds and such are left out: its transforms for them are not vectorised.
    private static func shrink(_ file: ImageFile, _ place: Placement) -> Int {
        guard case .jpeg = file.reader else { return 1 }
        let scale = min(
            place.sourceWidth / Double(place.targetWidth), place.sourceHeight / Double(place.targetHeight))
        return [8, 4, 2].first { scale >= Double(2 * $0) } ?? 1
    }

    private static func fill(
        _ target: UnsafeMutablePointer<UInt8>, count: Int, channels: Int, _ color: RGBColor
    ) {
        guard channels == 3 else {
            target.update(repeating: color.luma, count: count)
            return
        }
        for i in 0..<count {
            target[3 * i] = color.red
            target[3 * i + 1] = color.green
            target[3 * i + 2] = color.blue
        }
    }
}
