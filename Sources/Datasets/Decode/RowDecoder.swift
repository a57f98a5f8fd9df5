import Manifests

/// What a thread needs to decode images to rows: used for one chunk of images after another.
final class RowDecoder {
    /// Rows decoded before they are written at once: as many as fill about this many bytes.
    private static let chunkBytes = 64 << 10
    private static let chunkRows = 32

    /// Images a task takes.
    static func chunk(rowBytes: Int) -> Int { max(1, min(chunkRows, chunkBytes / max(rowBytes, 1))) }

    private let settings: DecodeSettings
    private let limits: Limits
    private let background: RGBColor
    private let perceptual: PerceptualHash
    private let decoder = ImageDecoder()
    /// A chunk of rows.
    let pixels: UnsafeMutablePointer<UInt8>

    init(_ settings: DecodeSettings, limits: Limits) {
        self.settings = settings
        self.limits = limits
        background = RGBColor(hex: settings.background) ?? .black
        perceptual = PerceptualHash(width: settings.width, height: settings.height, channels: settings.channels)
        pixels = .allocate(capacity: Self.chunk(rowBytes: settings.rowBytes) * settings.rowBytes)
    }

    deinit { pixels.deallocate() }

    /// - Parameters:
    ///   - slot: place in the chunk.
    ///   - wantsInfo: whether to read the header's figures for the sample.
    func decode(_ bytes: UnsafeRawBufferPointer, slot: Int, wantsInfo: Bool, into result: inout RowResult) {
        let row = pixels + slot * settings.rowBytes
        do throws(ImageError) {
            if wantsInfo { result.info = try decoder.probe(bytes, limits: limits) }
            try decoder.decode(
                bytes, into: row, width: settings.width, height: settings.height,
                channels: settings.channels == 1 ? .gray : .rgb, fit: settings.fit, background: background,
                limits: limits)
            result.record = ImageRecord(
                pixels: UnsafeBufferPointer(start: row, count: settings.rowBytes), channels: settings.channels,
                perceptual: perceptual)
        } catch {
            result.failure = error.description
            clear(slot)
        }
    }

    func clear(_ slot: Int) { (pixels + slot * settings.rowBytes).update(repeating: 0, count: settings.rowBytes) }
}
