import Compute
import Networks

/// Turns a batch of the student's input into a teacher's: scaled to its size and normalised as it was trained with.
///
/// Scaling is bilinear between pixel centres, without smoothing (as PyTorch's `interpolate` with `align_corners`
/// false): meant for teachers of larger images.
public struct TeacherFeed {
    private let from, to: Graph.Shape
    /// Of each channel: teacher = scale student + shift. Empty: the same.
    private let scale, shift: [Float]
    /// Whether the teacher takes the last channel first.
    private let isReversed: Bool
    /// Of each of the teacher's rows and columns: the pixel before, the one behind, and the latter's share.
    private let rows, columns: [Tap]

    private struct Tap {
        let first, second: Int
        let share: Float
    }

    /// - Parameters:
    ///   - input: of the student.
    ///   - mean, std: of the student's normalisation.
    public init(_ teacher: Teacher, input: Graph.Shape, mean: [Float], std: [Float]) {
        let shape = teacher.network.input
        precondition(shape.channels == input.channels)
        from = input
        to = shape
        if let own = teacher.normalization, own.mean != mean || own.std != std {
            scale = (0..<input.channels).map { std[$0] / own.std[$0] }
            shift = (0..<input.channels).map { (mean[$0] - own.mean[$0]) / own.std[$0] }
        } else {
            scale = []
            shift = []
        }
        isReversed = teacher.isBlueFirst
        rows = Self.taps(from: input.height, to: shape.height)
        columns = Self.taps(from: input.width, to: shape.width)
    }

    private static func taps(from: Int, to: Int) -> [Tap] {
        (0..<to).map { i in
            let place = max(0, (Float(i) + 0.5) * Float(from) / Float(to) - 0.5)
            let first = min(Int(place), from - 1)
            return Tap(first: first, second: min(first + 1, from - 1), share: place - Float(first))
        }
    }

    /// - Parameters:
    ///   - source: N,H,W,C of the student.
    ///   - target: N,H,W,C of the teacher.
    public func fill(
        _ target: UnsafeMutablePointer<Float>, from source: UnsafePointer<Float>, count: Int, pool: ThreadPool
    ) {
        let channels = from.channels
        if from == to && scale.isEmpty && !isReversed { return target.update(from: source, count: count * from.count) }
        rows.withUnsafeBufferPointer { rows in
            columns.withUnsafeBufferPointer { columns in
                scale.withUnsafeBufferPointer { scale in
                    shift.withUnsafeBufferPointer { shift in
                        pool.run(count) { i, _ in
                            resample(source + i * from.count, into: target + i * to.count, rows, columns)
                            let image = target + i * to.count
                            if !scale.isEmpty {
                                for j in 0..<to.height * to.width {
                                    for c in 0..<channels {
                                        image[j * channels + c] = image[j * channels + c] * scale[c] + shift[c]
                                    }
                                }
                            }
                            guard isReversed else { return }
                            for j in 0..<to.height * to.width {
                                let pixel = image + j * channels
                                (pixel[0], pixel[channels - 1]) = (pixel[channels - 1], pixel[0])
                            }
                        }
                    }
                }
            }
        }
    }

    private func resample(
        _ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, _ rows: UnsafeBufferPointer<Tap>,
        _ columns: UnsafeBufferPointer<Tap>
    ) {
        let channels = from.channels
        let line = from.width * channels
        for y in 0..<to.height {
            let (above, below) = (source + rows[y].first * line, source + rows[y].second * line)
            for x in 0..<to.width {
                let (left, right) = (columns[x].first * channels, columns[x].second * channels)
                let pixel = target + (y * to.width + x) * channels
                for c in 0..<channels {
                    let top = above[left + c] + columns[x].share * (above[right + c] - above[left + c])
                    let bottom = below[left + c] + columns[x].share * (below[right + c] - below[left + c])
                    pixel[c] = top + rows[y].share * (bottom - top)
                }
            }
        }
    }
}
