import CCodecs
import Glibc
import Manifests

/// PNG and JPEG files from and to memory, for one image at a time.
///
/// Where many are decoded, an `ImageDecoder` for each thread does the same with less work.
public enum ImageCodec {
    /// Reads the header only. That a header is well does not mean that the image is.
    public static func probe(_ bytes: UnsafeRawBufferPointer, limits: Limits) throws(ImageError) -> ImageInfo {
        try ImageDecoder().probe(bytes, limits: limits)
    }

    /// The whole image: 3 channels, its own size, EXIF orientation applied.
    ///
    /// - Parameter background: the colour under transparent pixels.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer, background: RGBColor, limits: Limits
    ) throws(ImageError) -> Bitmap {
        try ImageDecoder().decode(bytes, background: background, limits: limits)
    }

    /// The image brought to `width` x `height`; see `ImageDecoder.decode(_:into:...)`.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutablePointer<UInt8>, width: Int, height: Int,
        channels: Channels, fit: Fit, background: RGBColor, limits: Limits
    ) throws(ImageError) {
        try ImageDecoder().decode(
            bytes, into: target, width: width, height: height, channels: channels, fit: fit, background: background,
            limits: limits)
    }

    /// A PNG file, written by libpng.
    public static func encodePNG(_ bitmap: Bitmap) -> [UInt8] {
        encoded { bytes, count in
            cc_png_encode(
                bitmap.pixels, UInt32(bitmap.width), UInt32(bitmap.height), Int32(bitmap.channels), &bytes, &count)
        }
    }

    /// A JPEG file, written by libjpeg with chroma at half resolution.
    ///
    /// - Precondition: the sides are at most 65,500, which is what the format allows; `quality` is in 1...100.
    public static func encodeJPEG(_ bitmap: Bitmap, quality: Int = 90, progressive: Bool = false) -> [UInt8] {
        precondition(max(bitmap.width, bitmap.height) <= 65_500 && (1...100).contains(quality))
        return encoded { bytes, count in
            cc_jpeg_encode(
                bitmap.pixels, UInt32(bitmap.width), UInt32(bitmap.height), Int32(bitmap.channels), Int32(quality),
                progressive, &bytes, &count)
        }
    }

    private static func encoded(
        _ encode: (inout UnsafeMutablePointer<UInt8>?, inout Int) -> cc_status
    ) -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        // As for an array: a system that cannot hold the result cannot go on.
        guard encode(&bytes, &count) == CC_OK, let bytes else { fatalError("no memory to encode an image") }
        defer { free(bytes) }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }
}
