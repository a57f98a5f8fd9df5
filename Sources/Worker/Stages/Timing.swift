import Compute
import Importers
import Networks

/// How fast a network answers on this machine.
struct Timing {
    /// Median of single images on one thread.
    let latencyMilliseconds: Double
    /// Best of several large batches on all threads.
    let imagesPerSecond: Double

    private static let batch = 64

    /// Takes about half a second for a small network; images are noise, which costs the same as photographs.
    init(graph: Graph, parameters: ParameterBuffer, pool: ThreadPool) {
        let single = InferenceNetwork(
            graph: graph, parameters: parameters, maximumBatch: 1, pool: ThreadPool(threads: 1))
        let many = InferenceNetwork(graph: graph, parameters: parameters, maximumBatch: Self.batch, pool: pool)
        Self.fill(single.input, graph.input.count)
        Self.fill(many.input, Self.batch * graph.input.count)
        self.init(one: { single.forward(count: 1) }, batch: { many.forward(count: Self.batch) })
    }

    init(_ model: ImportedModel, pool: ThreadPool) {
        let single = ImportedNetwork(model, maximumBatch: 1, pool: ThreadPool(threads: 1))
        let many = ImportedNetwork(model, maximumBatch: Self.batch, pool: pool)
        let values = model.height * model.width * model.channels
        Self.fill(single.input, values)
        Self.fill(many.input, Self.batch * values)
        self.init(one: { single.forward(count: 1) }, batch: { many.forward(count: Self.batch) })
    }

    private init(one: () -> Void, batch: () -> Void) {
        let singles = Self.times(atLeast: 15, seconds: 0.15, one)
        latencyMilliseconds = singles.sorted()[singles.count / 2] * 1000
        imagesPerSecond = Double(Self.batch) / (Self.times(atLeast: 3, seconds: 0.3, batch).min() ?? .infinity)
    }

    /// Median time of single images.
    ///
    /// - Parameter values: floats of an image.
    static func milliseconds(_ network: StudentNetwork, values: Int) -> Double {
        fill(network.input, values)
        let found = times(atLeast: 15, seconds: 0.1) { network.forward(count: 1) }
        return found.sorted()[found.count / 2] * 1000
    }

    private static func fill(_ input: UnsafeMutablePointer<Float>, _ count: Int) {
        var random = CounterRandom(seed: 1, stream: 0)
        for i in 0..<count { input[i] = random.uniform() * 2 - 1 }
    }

    /// Seconds of each run, after one that warms up.
    private static func times(atLeast runs: Int, seconds: Double, _ body: () -> Void) -> [Double] {
        body()
        let clock = ContinuousClock()
        let start = clock.now
        var found: [Double] = []
        while found.count < runs || (clock.now - start) / .seconds(1) < seconds {
            found.append(clock.measure(body) / .seconds(1))
        }
        return found
    }
}
