import CCodecs

/// The libraries that read images and archives, as they name themselves.
public enum LibraryVersions {
    public static var png: String { String(cString: cc_png_version()) }
    /// `unknown` for a libjpeg other than libjpeg-turbo.
    public static var jpeg: String { String(cString: cc_jpeg_version()) }
    /// With what it reads compressed archives by: `libarchive 3.6.2 zlib/1.2.13 libzstd/1.5.4`.
    public static var archive: String { String(cString: cc_archive_version()) }
}
