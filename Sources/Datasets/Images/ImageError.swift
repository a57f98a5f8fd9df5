/// Why an image file cannot be used. The description is a line for people, without the file's name.
public enum ImageError: Error, Sendable, Equatable {
    /// Neither PNG nor JPEG; `found` says what it looks like.
    case unrecognised(found: String)
    /// The bytes end before the image does.
    case truncated
    /// In the words of the decoding library.
    case damaged(String)
    /// Over a limit of `Limits`, or of this decoder.
    case tooLarge(limit: String, value: Int, found: Int)
    /// A valid file of a kind that is not decoded, in the words of the decoding library.
    case unsupported(String)
    /// The system has no memory for an image within the limits.
    case outOfMemory
}

extension ImageError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unrecognised(let found): "not a PNG or JPEG image: it looks like \(found)"
        case .truncated: "cut off: the file ends before the image does"
        case .damaged(let why): "damaged: \(why)"
        case .tooLarge(let limit, let value, let found):
            "too large: \(found) is over the limit `\(limit)` of \(value)"
        case .unsupported(let what): "a kind of image that is not supported: \(what)"
        case .outOfMemory: "no memory left to decode it"
        }
    }
}
