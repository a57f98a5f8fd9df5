import CCodecs

/// A difference hash of 64 bits: the image's luminance averaged over 9 x 8 cells, a bit for each cell that is brighter
/// than its right neighbour, by a margin: in flat parts, of which graphics have many, noise is not to decide.
/// Recompressed or slightly changed copies differ in few bits.
///
/// Method: N. Krawetz, "Kind of like that", hackerfactor.com, 2013 (dHash).
struct PerceptualHash {
    /// Three steps of a byte, in the units of `sum`.
    private static let margin = 3 * 256

    private let width: Int
    private let height: Int
    private let channels: Int
    /// First column of each of the 9 cells, and one past the last cell's; for rows of 8 cells likewise.
    private let columns: [Range<Int>]
    private let rows: [Range<Int>]

    init(width: Int, height: Int, channels: Int) {
        self.width = width
        self.height = height
        self.channels = channels
        columns = (0..<9).map { Self.cell($0, of: 9, length: width) }
        rows = (0..<8).map { Self.cell($0, of: 8, length: height) }
    }

    /// At least one pixel, so that images smaller than the grid work too.
    private static func cell(_ index: Int, of cells: Int, length: Int) -> Range<Int> {
        let start = index * length / cells
        return start..<max(start + 1, (index + 1) * length / cells)
    }

    /// - Parameter pixels: H, W, C bytes without gaps.
    func of(_ pixels: UnsafeBufferPointer<UInt8>) -> UInt64 {
        guard let start = pixels.baseAddress else { return 0 }
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: width * channels) { sums in
            var hash: UInt64 = 0
            for row in rows {
                cc_stats_columns(
                    start + row.lowerBound * width * channels, width * channels, row.count, width * channels,
                    sums.baseAddress)
                var left: (sum: Int, area: Int)?
                for column in columns {
                    let cell = (sum: luminance(sums, column), area: row.count * column.count)
                    if let left {
                        // Cells differ in area by a column, so that averages are compared, in integers.
                        let isBrighter = left.sum * cell.area > (cell.sum + Self.margin * cell.area) * left.area
                        hash = hash << 1 | (isBrighter ? 1 : 0)
                    }
                    left = cell
                }
            }
            return hash
        }
    }

    /// Luminance in 1/256 of a byte (ITU-R BT.601 weights) of columns already summed over their rows.
    @inline(__always)
    private func luminance(_ sums: UnsafeMutableBufferPointer<UInt32>, _ columns: Range<Int>) -> Int {
        var total: UInt64 = 0
        for x in columns {
            if channels == 3 {
                total &+= UInt64(sums[3 * x]) &* 77 &+ UInt64(sums[3 * x + 1]) &* 150 &+ UInt64(sums[3 * x + 2]) &* 29
            } else {
                total &+= UInt64(sums[x]) &* 256
            }
        }
        return Int(total)
    }
}
