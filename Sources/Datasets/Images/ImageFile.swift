import CCodecs
import Manifests

/// An image file of which the header has been read and found within the limits.
struct ImageFile {
    enum Reader {
        /// To be closed.
        case png(OpaquePointer)
        /// Belongs to the decoder that opened it.
        case jpeg(OpaquePointer)
    }

    let reader: Reader
    let info: ImageInfo
    /// Pixels as they are stored, before the EXIF orientation.
    let storedWidth: Int
    let storedHeight: Int
    let orientation: Orientation
    private let memoryLimit: Int

    /// - Parameter jpeg: a decompressor that is free to be used until the file is closed.
    init(_ bytes: UnsafeRawBufferPointer, jpeg: OpaquePointer, limits: Limits) throws(ImageError) {
        guard bytes.count <= limits.imageFileBytes else {
            throw .tooLarge(limit: "imageFileBytes", value: limits.imageFileBytes, found: bytes.count)
        }
        let format = try ImageFormat.recognise(bytes)
        // Not nil: the bytes begin with a signature.
        let start = bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
        let exif: UnsafeRawBufferPointer
        let isColor: Bool
        let hasAlpha: Bool
        switch format {
        case .png:
            // libpng's own limits fire with less telling messages.
            if let (width, height) = Self.declaredSize(bytes) { try Self.check(width, height, limits) }
            var header = cc_png_header()
            var opened: OpaquePointer?
            try Self.call { cc_png_open(start, bytes.count, UInt32(clamping: limits.imageSide), &opened, &header, $0) }
            guard let opened else { throw .outOfMemory }
            reader = .png(opened)
            storedWidth = Int(header.width)
            storedHeight = Int(header.height)
            isColor = header.channels >= 3 && !header.gray_palette
            hasAlpha = header.channels == 2 || header.channels == 4
            exif = UnsafeRawBufferPointer(start: header.exif, count: header.exif_bytes)
        case .jpeg:
            var header = cc_jpeg_header()
            try Self.call { cc_jpeg_open(jpeg, start, bytes.count, &header, $0) }
            try Self.check(Int(header.width), Int(header.height), limits)
            reader = .jpeg(jpeg)
            storedWidth = Int(header.width)
            storedHeight = Int(header.height)
            isColor = header.components > 1
            hasAlpha = false
            exif = UnsafeRawBufferPointer(start: header.exif, count: header.exif_bytes)
        }
        let tag = Exif.orientation(exif)
        orientation = Orientation(exif: tag)
        let seen = orientation.seen(storedWidth, storedHeight)
        info = ImageInfo(
            format: format, width: seen.width, height: seen.height, isColor: isColor, hasAlpha: hasAlpha,
            orientation: tag)
        // A progressive image keeps two bytes for each of up to four components of a pixel.
        memoryLimit = 10 * min(limits.imagePixels, 1 << 48) + 32 << 20
    }

    /// Decodes all of it, once. `shrink`: 1, or for JPEG also 2, 4 or 8; then sizes are divided by it, rounded up.
    func read(
        into pixels: UnsafeMutablePointer<UInt8>, stride: Int, channels: Int, background: RGBColor, shrink: Int = 1
    ) throws(ImageError) {
        switch reader {
        case .png(let png):
            let color = [background.red, background.green, background.blue]
            try Self.call { cc_png_read(png, pixels, stride, Int32(channels), color, $0) }
        case .jpeg(let jpeg):
            try Self.call {
                cc_jpeg_read(jpeg, Int32(shrink), pixels, stride, Int32(channels), memoryLimit, $0)
            }
        }
    }

    func close() {
        if case .png(let png) = reader { cc_png_close(png) }
    }

    /// Width and height of a PNG, whose IHDR chunk always comes first.
    private static func declaredSize(_ bytes: UnsafeRawBufferPointer) -> (Int, Int)? {
        guard bytes.count >= 24, bytes[12..<16].elementsEqual("IHDR".utf8) else { return nil }
        func number(_ at: Int) -> Int {
            Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
        }
        return (number(16), number(20))
    }

    private static func check(_ width: Int, _ height: Int, _ limits: Limits) throws(ImageError) {
        let side = max(width, height)
        if side > limits.imageSide {
            throw .tooLarge(limit: "imageSide", value: limits.imageSide, found: side)
        }
        if width * height > limits.imagePixels {
            throw .tooLarge(limit: "imagePixels", value: limits.imagePixels, found: width * height)
        }
    }

    /// Calls C with room for a message, and throws what it answers.
    private static func call(_ body: (UnsafeMutablePointer<CChar>) -> cc_status) throws(ImageError) {
        let failure = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CC_MESSAGE_BYTES)) {
            message -> ImageError? in
            let buffer = message.baseAddress.unsafelyUnwrapped
            buffer[0] = 0
            switch body(buffer) {
            case CC_OK: return nil
            case CC_TRUNCATED: return .truncated
            case CC_UNSUPPORTED: return .unsupported(String(cString: buffer))
            case CC_TOO_MANY_SCANS:
                let most = Int(CC_JPEG_MAX_SCANS)
                return .tooLarge(limit: "JPEG scans", value: most, found: most + 1)
            case CC_NO_MEMORY: return .outOfMemory
            default: return .damaged(String(cString: buffer))
            }
        }
        if let failure { throw failure }
    }
}
