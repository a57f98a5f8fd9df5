/// The file formats that are decoded. Which one a file is, is told by its first bytes and not by its name.
public enum ImageFormat: String, Sendable, Codable, CaseIterable { case png, jpeg }

/// What the header of an image file says.
public struct ImageInfo: Sendable, Equatable {
    public var format: ImageFormat
    /// Pixels, as the image is meant to be seen: after its EXIF orientation.
    public var width: Int
    public var height: Int
    /// `false` where it is stored as gray, or with a palette of nothing but grays.
    public var isColor: Bool
    /// An alpha channel or transparent colours.
    public var hasAlpha: Bool
    /// EXIF orientation, 1...8; 1 where the file has none that is valid.
    public var orientation: Int

    public init(
        format: ImageFormat, width: Int, height: Int, isColor: Bool, hasAlpha: Bool = false, orientation: Int = 1
    ) {
        self.format = format
        self.width = width
        self.height = height
        self.isColor = isColor
        self.hasAlpha = hasAlpha
        self.orientation = orientation
    }
}
