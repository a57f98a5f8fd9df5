import Compute
import Networks

/// Brings a teacher's activations to the student's resolution: each pixel is the mean of those it covers (as PyTorch's
/// `adaptive_avg_pool2d`); a pixel that is smaller than the teacher's repeats it.
struct PixelBridge {
    private let from, to: Graph.Shape
    private let result: FloatBuffer

    init(from: Graph.Shape, to: Graph.Shape, batch: Int) {
        self.from = from
        self.to = Graph.Shape(height: to.height, width: to.width, channels: from.channels)
        result = FloatBuffer(count: from.height == to.height && from.width == to.width ? 0 : batch * self.to.count)
    }

    /// N,H,W,C of the student's height and width and the teacher's channels; lies where it lay if they agree.
    func callAsFunction(_ values: UnsafePointer<Float>, count: Int, pool: ThreadPool) -> UnsafePointer<Float> {
        guard result.count > 0 else { return values }
        let (from, to, result) = (from, to, result.base)
        pool.run(count) { image, _ in
            let (source, target) = (values + image * from.count, result + image * to.count)
            for y in 0..<to.height {
                let rows = Self.covered(y, of: to.height, from: from.height)
                for x in 0..<to.width {
                    let columns = Self.covered(x, of: to.width, from: from.width)
                    let pixel = target + (y * to.width + x) * to.channels
                    let share = 1 / Float(rows.count * columns.count)
                    pixel.update(repeating: 0, count: to.channels)
                    for row in rows {
                        for column in columns {
                            let other = source + (row * from.width + column) * from.channels
                            for c in 0..<to.channels { pixel[c] += share * other[c] }
                        }
                    }
                }
            }
        }
        return UnsafePointer(result)
    }

    private static func covered(_ index: Int, of count: Int, from: Int) -> Range<Int> {
        index * from / count..<((index + 1) * from + count - 1) / count
    }
}
