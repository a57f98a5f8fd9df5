import Compute

#if canImport(Glibc)
    import Glibc
#endif

/// Where to look next: the tree-structured Parzen estimator of Bergstra, Bardenet, Bengio and Kégl 2011, "Algorithms for
/// hyper-parameter optimization", with densities over all dimensions together as in Falkner, Klein and Hutter 2018, "BOHB:
/// robust and efficient hyperparameter optimization at scale": what is good together is kept together.
///
/// What is known is cut into the best fifth and the others. Either part gets a density: a kernel at every point, and one
/// over everything. Of 24 points drawn from the density of the good ones, the one is proposed at which the ratio of both
/// is the largest.
///
/// A proposal is a function of the seed, its number, and what is known, and of nothing else.
public struct TreeParzen: Sendable {
    /// Coordinates are in 0..<1; a choice of k has its i-th option at i / k ..< (i + 1) / k.
    public enum Dimension: Sendable, Equatable {
        case number
        case choice(Int)
    }

    /// A point whose worth is known; larger scores are better.
    public struct Known: Sendable {
        public var point: [Double]
        public var score: Double

        public init(point: [Double], score: Double) {
            self.point = point
            self.score = score
        }
    }

    public let dimensions: [Dimension]
    private let seed: UInt64
    private static let candidates = 24

    public init(_ dimensions: [Dimension], seed: UInt64) {
        self.dimensions = dimensions
        self.seed = seed
    }

    /// Points to begin with, spread so that each coordinate has one in every `count`-th part of its range: a Latin
    /// hypercube (McKay, Beckman and Conover 1979).
    public func beginning(_ count: Int) -> [[Double]] {
        var points = [[Double]](repeating: [], count: count)
        for d in dimensions.indices {
            var random = CounterRandom(seed: seed, stream: Self.stream, 0, UInt32(d))
            let order = random.permutation(count)
            for i in 0..<count {
                points[i].append((Double(order[i]) + Double(random.uniform())) / Double(count))
            }
        }
        return points
    }

    /// - Parameters:
    ///   - known: at least one, in an order of its own that does not hang on time.
    ///   - number: of the proposal, above 0; another one gives another point.
    public func propose(_ known: [Known], number: Int) -> [Double] {
        precondition(!known.isEmpty && number > 0)
        let order = known.indices.sorted { (-known[$0].score, $0) < (-known[$1].score, $1) }
        let count = min(known.count, max(2, (known.count + 4) / 5))
        let likely = Density(order.prefix(count).map { known[$0].point }, dimensions)
        let unlikely = Density(order.dropFirst(count).map { known[$0].point }, dimensions)
        var random = CounterRandom(seed: seed, stream: Self.stream, UInt32(number))
        var best = (point: [Double](), ratio: -Double.infinity)
        for _ in 0..<Self.candidates {
            let point = likely.draw(&random)
            let ratio = log(likely(point)) - log(unlikely(point))
            if ratio > best.ratio { best = (point, ratio) }
        }
        return best.point
    }

    /// "tune" in ASCII.
    private static let stream: UInt32 = 0x7475_6E65
}

/// A density over the unit cube: the mean of a uniform one, and of a kernel at every point.
private struct Density {
    private let points: [[Double]]
    private let dimensions: [TreeParzen.Dimension]
    /// Of the Gaussians, cut off at 0 and 1: Scott's rule, n^(-1 / (d + 4)) of a uniform distribution's deviation.
    private let width: Double
    /// Of a choice's kernel: what its own option has, the others share the rest (Aitchison and Aitken 1976).
    private static let ownShare = 0.6

    init(_ points: [[Double]], _ dimensions: [TreeParzen.Dimension]) {
        self.points = points
        self.dimensions = dimensions
        width = (1 / 12.0).squareRoot() * pow(Double(max(points.count, 1)), -1 / Double(dimensions.count + 4))
    }

    private static func option(_ coordinate: Double, _ count: Int) -> Int {
        min(max(Int(coordinate * Double(count)), 0), count - 1)
    }

    func callAsFunction(_ point: [Double]) -> Double {
        var sum = 1.0
        for center in points {
            var product = 1.0
            for (d, dimension) in dimensions.enumerated() {
                product *= kernel(point[d], at: center[d], dimension)
            }
            sum += product
        }
        return sum / Double(points.count + 1)
    }

    private func kernel(_ value: Double, at mean: Double, _ dimension: TreeParzen.Dimension) -> Double {
        switch dimension {
        case .choice(let count):
            guard count > 1 else { return 1 }
            let isOwn = Self.option(value, count) == Self.option(mean, count)
            return (isOwn ? Self.ownShare : (1 - Self.ownShare) / Double(count - 1)) * Double(count)
        case .number:
            let z = (value - mean) / width
            let inside = Self.below((1 - mean) / width) - Self.below(-mean / width)
            return exp(-z * z / 2) / (width * inside * (2 * Double.pi).squareRoot())
        }
    }

    func draw(_ random: inout CounterRandom) -> [Double] {
        let one = random.index(below: points.count + 1)
        return dimensions.enumerated().map { d, dimension in
            guard one < points.count else { return Double(random.uniform()) }
            switch dimension {
            case .number: return number(near: points[one][d], &random)
            case .choice(let count):
                var option = Self.option(points[one][d], count)
                if count > 1, Double(random.uniform()) >= Self.ownShare {
                    option = (option + 1 + random.index(below: count - 1)) % count
                }
                return (Double(option) + 0.5) / Double(count)
            }
        }
    }

    private func number(near mean: Double, _ random: inout CounterRandom) -> Double {
        // At least a third of a Gaussian whose mean is inside and whose width is at most 1 is inside.
        for _ in 0..<64 {
            let radius = (-2 * log(1 - Double(random.uniform()))).squareRoot()
            let value = mean + width * radius * cos(2 * Double.pi * Double(random.uniform()))
            if value >= 0, value < 1 { return value }
        }
        return min(max(mean, 0), 1 - 1e-9)
    }

    /// The standard normal's distribution function.
    private static func below(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
}
