extension ImageFormat {
    /// By the first bytes.
    static func recognise(_ bytes: UnsafeRawBufferPointer) throws(ImageError) -> ImageFormat {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        throw .unrecognised(found: resemblance(bytes))
    }

    /// What a file that is no image of ours looks like, so that its owner knows what to convert.
    private static func resemblance(_ bytes: UnsafeRawBufferPointer) -> String {
        if bytes.isEmpty { return "an empty file" }
        let known: [(offset: Int, magic: String, name: String)] = [
            (0, "GIF8", "a GIF image; convert it"), (8, "WEBP", "a WebP image; convert it"),
            (0, "BM", "a BMP image; convert it"), (0, "II*\0", "a TIFF image; convert it"),
            (0, "MM\0*", "a TIFF image; convert it"), (4, "ftypavif", "an AVIF image; convert it"),
            (4, "ftyphei", "a HEIF image; convert it"), (4, "ftypmif", "a HEIF image; convert it"),
            (1, "PNG", "a PNG image with a damaged signature"), (0, "%PDF", "a PDF document"),
            (0, "PK\u{3}\u{4}", "a zip archive"), (0, "<", "a text in XML or HTML"),
            (0, "version https://git-lfs", "a Git LFS pointer"),
        ]
        for (offset, magic, name) in known where bytes.count > offset {
            if UnsafeRawBufferPointer(rebasing: bytes[offset...]).starts(with: magic.utf8) { return name }
        }
        if bytes.prefix(64).allSatisfy({ $0 == 0 }) { return "zeros, as of an unfinished copy" }
        return "something unknown"
    }
}
