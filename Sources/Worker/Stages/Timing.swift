import Compute
import Networks

/// How fast a network answers on this machine.
struct Timing {
    /// Median of single images on one thread.
    let latencyMilliseconds: Double
    /// Best of several large batches on all threads.
    let imagesPerSecond: Double

    /// Takes about half a second for a small network; images are noise, which costs the same as photographs.
    init(graph: Graph, parameters: ParameterBuffer, pool: ThreadPool) {
        let single = InferenceNetwork(
            graph: graph, parameters: parameters, maximumBatch: 1, pool: ThreadPool(threads: 1))
        Self.fill(single, images: 1)
        let singles = Self.times(atLeast: 15, seconds: 0.15) { single.forward(count: 1) }
        latencyMilliseconds = singles.sorted()[singles.count / 2] * 1000

        let batch = 64
        let many = InferenceNetwork(graph: graph, parameters: parameters, maximumBatch: batch, pool: pool)
        Self.fill(many, images: batch)
        let batches = Self.times(atLeast: 3, seconds: 0.3) { many.forward(count: batch) }
        imagesPerSecond = Double(batch) / (batches.min() ?? .infinity)
    }

    /// Median time of single images.
    ///
    /// - Parameter values: floats of an image.
    static func milliseconds(_ network: StudentNetwork, values: Int) -> Double {
        var random = CounterRandom(seed: 1, stream: 0)
        for i in 0..<values { network.input[i] = random.uniform() * 2 - 1 }
        let found = times(atLeast: 15, seconds: 0.1) { network.forward(count: 1) }
        return found.sorted()[found.count / 2] * 1000
    }

    private static func fill(_ network: InferenceNetwork, images: Int) {
        var random = CounterRandom(seed: 1, stream: 0)
        for i in 0..<images * network.graph.input.count { network.input[i] = random.uniform() * 2 - 1 }
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
