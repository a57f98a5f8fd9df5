import CCodecs

/// Resizes 8-bit images along both axes, keeping weights and memory from image to image.
final class Resampler {
    private struct Key: Hashable {
        var size: Int
        var start: Double
        var length: Double
        var outputs: Int
    }

    private static let axesKept = 64
    private var axes: [Key: ResampleAxis] = [:]
    private let rows = ScratchBuffer()

    /// Resizes a part of an image of `width` x `height` pixels without gaps. Columns first, then rows, each rounded
    /// to 8 bits; an axis that does not change is left alone.
    ///
    /// - Parameter to: the target's first pixel of `part`'s target rectangle, rows `toStride` bytes apart.
    func resize(
        _ from: UnsafePointer<UInt8>, width: Int, height: Int, channels: Int, part: Placement,
        to: UnsafeMutablePointer<UInt8>, toStride: Int
    ) throws(ImageError) {
        let across = axis(width, part.sourceX, part.sourceWidth, part.targetWidth)
        let down = axis(height, part.sourceY, part.sourceHeight, part.targetHeight)
        let used = down?.used ?? 0..<height
        let rowBytes = part.targetWidth * channels
        let source = from + used.lowerBound * width * channels
        guard let across else {
            vertical(source, width * channels, used.lowerBound, rowBytes, used.count, down, to, toStride)
            return
        }
        guard let down else {
            horizontal(source, width * channels, used.count, channels, across, to, toStride)
            return
        }
        let between = try rows.reserve(rowBytes * used.count)
        defer { rows.trim() }
        horizontal(source, width * channels, used.count, channels, across, between, rowBytes)
        vertical(between, rowBytes, used.lowerBound, rowBytes, used.count, down, to, toStride)
    }

    /// `nil` where the axis does not change.
    private func axis(_ size: Int, _ start: Double, _ length: Double, _ outputs: Int) -> ResampleAxis? {
        if start == 0 && length == Double(size) && outputs == size { return nil }
        let key = Key(size: size, start: start, length: length, outputs: outputs)
        if let known = axes[key] { return known }
        if axes.count >= Self.axesKept { axes.removeAll(keepingCapacity: true) }
        let made = ResampleAxis(size: size, start: start, length: length, outputs: outputs)
        axes[key] = made
        return made
    }

    private func horizontal(
        _ from: UnsafePointer<UInt8>, _ fromStride: Int, _ rows: Int, _ channels: Int, _ axis: ResampleAxis,
        _ to: UnsafeMutablePointer<UInt8>, _ toStride: Int
    ) {
        axis.withC { cc_resize_horizontal(from, fromStride, Int32(rows), Int32(channels), &$0, to, toStride) }
    }

    private func vertical(
        _ from: UnsafePointer<UInt8>, _ fromStride: Int, _ firstRow: Int, _ rowBytes: Int, _ rows: Int,
        _ axis: ResampleAxis?, _ to: UnsafeMutablePointer<UInt8>, _ toStride: Int
    ) {
        if let axis {
            axis.withC { cc_resize_vertical(from, fromStride, Int32(firstRow), rowBytes, &$0, to, toStride) }
        } else {
            for y in 0..<rows { (to + y * toStride).update(from: from + y * fromStride, count: rowBytes) }
        }
    }
}
