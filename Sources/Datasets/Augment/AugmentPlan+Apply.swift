extension AugmentPlan {
    /// Writes one changed and normalised image.
    ///
    /// - Parameters:
    ///   - image: H,W,C bytes.
    ///   - output: H,W,C.
    ///   - columns: W values of scratch memory.
    package func apply(
        _ change: Change, to image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<Float>,
        _ table: NormalizationTable, columns: UnsafeMutablePointer<Int32>
    ) {
        let channels = table.channels
        for x in 0..<width {
            let unflipped = change.flip ? width - 1 - x : x
            let source = Self.reflected(unflipped + change.cropX - padX, width)
            columns[x] = Int32(truncatingIfNeeded: source * channels)
        }
        let jitter = jitter > 0 ? ColorJitter(change, image: image, pixels: height * width, channels: channels) : nil
        let stride = width * channels
        for y in 0..<height {
            let row = image + Self.reflected(y + change.cropY - padY, height) * stride
            let target = output + y * stride
            if let jitter {
                jitter.row(row, columns, width, into: target, table)
            } else {
                Self.row(row, columns, width, into: target, table.values, channels: channels)
            }
        }
        if cutHeight > 0 && cutWidth > 0 { blank(change, output, channels: channels) }
    }

    /// Position in 0..<count of a position up to count - 1 outside of it: -1 is 1, count is count - 2.
    private static func reflected(_ position: Int, _ count: Int) -> Int {
        let positive = abs(position)
        return positive < count ? positive : 2 * (count - 1) - positive
    }

    private static func row(
        _ row: UnsafePointer<UInt8>, _ columns: UnsafePointer<Int32>, _ width: Int,
        into target: UnsafeMutablePointer<Float>, _ table: UnsafePointer<Float>, channels: Int
    ) {
        switch channels {
        case 1:
            for x in 0..<width { target[x] = table[Int(row[Int(columns[x])])] }
        case 3:
            for x in 0..<width {
                let source = row + Int(columns[x])
                let pixel = target + 3 &* x
                pixel[0] = table[Int(source[0])]
                pixel[1] = table[256 &+ Int(source[1])]
                pixel[2] = table[512 &+ Int(source[2])]
            }
        default:
            for x in 0..<width {
                for c in 0..<channels {
                    target[x * channels + c] = table[256 * c + Int(row[Int(columns[x]) + c])]
                }
            }
        }
    }

    /// Cutout (DeVries and Taylor 2017): a square around a random centre, cut off at the borders, becomes the mean.
    private func blank(_ change: Change, _ output: UnsafeMutablePointer<Float>, channels: Int) {
        let top = change.cutY - cutHeight / 2
        let left = change.cutX - cutWidth / 2
        let first = max(left, 0)
        let count = min(left + cutWidth, width) - first
        for y in max(top, 0)..<min(top + cutHeight, height) {
            (output + (y * width + first) * channels).update(repeating: 0, count: count * channels)
        }
    }
}
