import Compute

/// How the range of an activation is found from what it is for some images.
public enum CalibrationMethod: String, Sendable, CaseIterable, Codable {
    /// From the smallest to the largest.
    case minMax = "min-max"
    /// Without the 0.01% at each end.
    case percentile
    /// The range whose rounding and clipping errors have the least sum of squares.
    case leastSquares = "mse"
}

/// What an activation is for the calibration images.
struct Distribution {
    static let bins = 2048
    var low: Float = 0
    var high: Float = 0
    /// Of equal width, from `low` to `high`.
    var counts = [Int](repeating: 0, count: Distribution.bins)

    private var width: Double { (Double(high) - Double(low)) / Double(Self.bins) }

    /// Always holds 0.
    func range(_ method: CalibrationMethod) -> ClosedRange<Float> {
        guard high > low else { return 0...0 }
        return switch method {
        case .minMax: low...high
        case .percentile: percentile(1e-4)
        case .leastSquares: leastSquares()
        }
    }

    private func percentile(_ share: Double) -> ClosedRange<Float> {
        let total = counts.reduce(0, +)
        let most = Int(Double(total) * share)
        func cut(_ order: some Sequence<Int>) -> Int {
            var seen = 0
            for bin in order {
                seen += counts[bin]
                if seen > most { return bin }
            }
            return 0
        }
        let first = Double(low) + Double(cut(0..<Self.bins)) * width
        let last = Double(low) + Double(cut((0..<Self.bins).reversed()) + 1) * width
        return Float(min(first, 0))...Float(max(last, 0))
    }

    private func leastSquares() -> ClosedRange<Float> {
        var best = (error: Double.infinity, share: 1.0)
        for percent in stride(from: 100, through: 20, by: -2) {
            let share = Double(percent) / 100
            let (first, last) = (Double(low) * share, Double(high) * share)
            let step = (last - first) / 255
            var error = 0.0
            for (bin, count) in counts.enumerated() where count > 0 {
                let x = Double(low) + (Double(bin) + 0.5) * width
                let beyond = x < first ? first - x : x > last ? x - last : 0
                error += Double(count) * (beyond > 0 ? beyond * beyond : step * step / 12)
            }
            if error < best.error { best = (error, share) }
        }
        return Float(Double(low) * best.share)...Float(Double(high) * best.share)
    }
}

/// Images with what is known of them, as a network takes them.
public struct SampleImages {
    public var count: Int
    /// Of each image; empty: not known.
    public var labels: [Int32]
    /// Writes images, N,H,W,C.
    public var fill: (_ range: Range<Int>, _ to: UnsafeMutablePointer<Float>) -> Void

    public init(
        count: Int, labels: [Int32], fill: @escaping (_ range: Range<Int>, _ to: UnsafeMutablePointer<Float>) -> Void
    ) {
        precondition(labels.isEmpty || labels.count == count)
        self.count = count
        self.labels = labels
        self.fill = fill
    }
}

/// The distributions of all values of a network.
struct Calibration {
    private(set) var distributions: [Distribution]

    /// Images go through the network twice: for the ends, then for what lies between.
    init(_ graph: DeviceGraph, images: SampleImages, pool: ThreadPool) {
        let execution = FloatExecution(graph)
        distributions = graph.values.map { _ in Distribution() }
        let chunks = min(16, images.count)
        let sizes = graph.values.map(\.shape.count)
        let memories = (0..<pool.threads).map { _ in execution.makeMemory() }
        let all = FloatBuffer(count: images.count * graph.input.count)
        images.fill(0..<images.count, all.base)
        for pass in 0..<2 {
            let known = distributions
            let parts = Parts(count: chunks, of: known)
            pool.run(chunks) { chunk, thread in
                let memory = memories[thread]
                for image in stride(from: chunk, to: images.count, by: chunks) {
                    memory.values[0].base.update(from: all.base + image * sizes[0], count: sizes[0])
                    execution.run(memory)
                    for (value, size) in sizes.enumerated() {
                        parts.base[chunk][value].take(memory.values[value].base, size, counting: pass == 1)
                    }
                }
            }
            for chunk in 0..<chunks {
                for value in sizes.indices { distributions[value].merge(parts.base[chunk][value]) }
            }
        }
    }

    /// Each task writes its own.
    private final class Parts: @unchecked Sendable {
        let base: UnsafeMutablePointer<[Distribution]>
        private let count: Int

        init(count: Int, of known: [Distribution]) {
            self.count = count
            base = .allocate(capacity: max(count, 1))
            base.initialize(repeating: known, count: count)
        }

        deinit {
            base.deinitialize(count: count)
            base.deallocate()
        }
    }
}

extension Distribution {
    fileprivate mutating func take(_ x: UnsafePointer<Float>, _ count: Int, counting: Bool) {
        if !counting {
            for i in 0..<count {
                low = min(low, x[i])
                high = max(high, x[i])
            }
            return
        }
        guard high > low else { return }
        let perUnit = Float(Double(Self.bins) / (Double(high) - Double(low)))
        let (low, last) = (self.low, Self.bins - 1)
        counts.withUnsafeMutableBufferPointer { counts in
            for i in 0..<count { counts[min(Int((x[i] - low) * perUnit), last)] += 1 }
        }
    }

    fileprivate mutating func merge(_ other: Distribution) {
        low = min(low, other.low)
        high = max(high, other.high)
        for bin in counts.indices { counts[bin] += other.counts[bin] }
    }
}
