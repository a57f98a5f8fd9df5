import Crypto
import Foundation
import Manifests

/// Everything besides the content that decides what the decoded pixels are.
struct DecodeSettings: Equatable {
    /// Raised whenever decoding, resizing, layout rules or the file's format change what is stored.
    static let formatVersion: UInt32 = 3

    var width: Int
    var height: Int
    var channels: Int
    var fit: Fit
    /// `#RRGGBB`.
    var background: String
    var imageFileBytes: Int
    var imageSide: Int
    var imagePixels: Int

    init(_ request: DatasetRequest, choice: InputChoice) {
        let shape = choice.completing(request.input)
        self.init(request, width: shape.width, height: shape.height, channels: shape.channels)
    }

    init(_ request: DatasetRequest, width: Int, height: Int, channels: Channels) {
        self.width = width
        self.height = height
        self.channels = channels.count
        fit = request.input.fit
        background = request.input.background
        imageFileBytes = request.limits.imageFileBytes
        imageSide = request.limits.imageSide
        imagePixels = request.limits.imagePixels
    }

    /// Bytes of a decoded image.
    var rowBytes: Int { width * height * channels }

    /// SHA-256 of the content's hash and the settings, in 64 hex digits: the name of the cache file.
    ///
    /// - Parameter contentHash: of `ContentHash`, in hex digits.
    func key(contentHash: String) -> String {
        var hash = SHA256()
        hash.update(data: Array("distilld pixels \(Self.formatVersion)\n".utf8))
        let settings =
            "\(contentHash)\n\(width) \(height) \(channels) \(fit.rawValue) \(background.lowercased()) "
            + "\(imageFileBytes) \(imageSide) \(imagePixels)"
        hash.update(data: Array(settings.utf8))
        return hash.finalize().hex
    }
}

extension SHA256.Digest {
    var hex: String { map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
}
