import Compute
import Distillation
import Manifests
import Networks
import Testing

struct OptimiserTests {
    private struct Case: Decodable {
        struct Step: Decodable {
            var gradients: [String: [Float]]
            var norm: Double
            var values: [String: [Float]]
        }
        var name: TrainingSpec.Optimizer
        var rate: Double
        var onecycle: Bool
        var clip: Double?
        var first: [String: [Float]]
        var steps: [Step]
    }

    /// The weight decays of the recorded cases, in their order.
    private static let decays = [5e-2, 5e-2, 0, 5e-2, 5e-2, 0.5]

    /// Has a parameter of every role.
    private static func graph(outputs: Int = 4, classes: Int = 5) throws -> Graph {
        var builder = try GraphBuilder(input: Graph.Shape(height: 2, width: 2, channels: 3))
        let conv = try builder.convolution(builder.input, "conv", outputs: outputs, kernel: 1, bias: true)
        let norm = try builder.batchNorm(conv, "norm")
        let pool = try builder.append(.globalAveragePool, [norm], "pool")
        try builder.append(.linear(outputs: classes), [pool], "fc")
        return builder.graph()
    }

    private static func optimiser(_ kind: TrainingSpec.Optimizer, _ graph: Graph, decay: Double) -> Optimiser {
        switch kind {
        case .sgd: .sgd(SGD(graph, weightDecay: decay))
        case .adamw: .adamw(AdamW(graph, weightDecay: decay))
        }
    }

    private static func fill(_ buffer: ParameterBuffer, _ graph: Graph, _ values: [String: [Float]]) {
        for parameter in graph.parameters where parameter.role.isTrainable {
            for (i, value) in values[parameter.name]!.enumerated() { buffer[parameter][i] = value }
        }
    }

    @Test func stepsArePyTorchs() throws {
        let graph = try Self.graph()
        let pool = ThreadPool(threads: 1)
        let cases = try Goldens.load("optimisers", as: [Case].self)
        for (golden, decay) in zip(cases, Self.decays) {
            let (values, gradients) = (
                ParameterBuffer(count: graph.storageCount), ParameterBuffer(count: graph.storageCount)
            )
            Self.fill(values, graph, golden.first)
            let statistics = graph.parameters.filter { !$0.role.isTrainable }
            for parameter in statistics { values[parameter].update(repeating: 7) }
            let optimiser = Self.optimiser(golden.name, graph, decay: decay)
            let norm = GradientNorm(graph)
            let spec = TrainingSpec(
                learningRate: golden.rate, schedule: golden.onecycle ? .onecycle : .constant,
                warmup: golden.onecycle ? 0.25 : 0)
            let schedule = Schedule(spec, steps: golden.steps.count)
            for (i, step) in golden.steps.enumerated() {
                Self.fill(gradients, graph, step.gradients)
                let length = norm(gradients, pool: pool)
                #expect(abs(length - step.norm) < 1e-5)
                optimiser.step(
                    values, gradients, number: i + 1, rate: schedule.rate(i), momentum: schedule.momentum(i),
                    scale: golden.clip.map { GradientNorm.scale(norm: length, limit: $0) } ?? 1, pool: pool)
                for parameter in graph.parameters where parameter.role.isTrainable {
                    let difference = largestDifference(values[parameter], step.values[parameter.name]!)
                    #expect(difference < 2e-6, "\(golden.name), step \(i), \(parameter.name)")
                }
            }
            #expect(statistics.allSatisfy { values[$0].allSatisfy { $0 == 7 } })
        }
    }

    /// Larger than several tasks, so that their edges and other threads take part.
    @Test(arguments: TrainingSpec.Optimizer.allCases)
    func anyNumberOfThreadsGivesTheSameBytes(_ kind: TrainingSpec.Optimizer) throws {
        let graph = try Self.graph(outputs: 9_973, classes: 17)
        let gradients = ParameterBuffer(count: graph.storageCount)
        var random = CounterRandom(seed: 3, stream: 1)
        for parameter in graph.parameters where parameter.role.isTrainable {
            for i in gradients[parameter].indices { gradients[parameter][i] = random.uniform() - 0.5 }
        }
        let results = [1, 3].map { threads in
            let pool = ThreadPool(threads: threads)
            let values = ParameterBuffer.initialized(for: graph, seed: 5)
            let optimiser = Self.optimiser(kind, graph, decay: 0.1)
            let average = WeightAverage(values, decay: 0.9)
            for number in 1...2 {
                optimiser.step(
                    values, gradients, number: number, rate: 0.01, momentum: 0.9, scale: 0.5, pool: pool)
                average.update(values, number: number, pool: pool)
            }
            let norm = GradientNorm(graph)(values, pool: pool)
            return (values, average.values, norm)
        }
        #expect(isSame(results[0].0, results[1].0))
        #expect(isSame(results[0].1, results[1].1))
        #expect(results[0].2 == results[1].2)
        let naive = (0..<graph.storageCount).reduce(0) {
            $0 + Double(results[0].0.base[$1]) * Double(results[0].0.base[$1])
        }
        #expect(abs(results[0].2 - naive.squareRoot()) < 1e-9 * naive)
        // Every value moved, the first of the last task too.
        let first = ParameterBuffer.initialized(for: graph, seed: 5)
        for parameter in graph.parameters where parameter.role.isTrainable {
            #expect(zip(first[parameter], results[0].0[parameter]).allSatisfy { $0 != $1 }, "\(parameter.name)")
        }
    }

    @Test func averageFollowsItsFormula() throws {
        let graph = try Self.graph()
        let pool = ThreadPool(threads: 1)
        let values = ParameterBuffer.initialized(for: graph, seed: 1)
        let average = WeightAverage(values, decay: 0.5)
        var expected = (0..<values.count).map { Double(values.base[$0]) }
        for number in 1...20 {
            for i in 0..<values.count { values.base[i] += Float(i % 5) - 2 }
            average.update(values, number: number, pool: pool)
            let decay = min(0.5, Double(1 + number) / Double(10 + number))
            for i in expected.indices { expected[i] = decay * expected[i] + (1 - decay) * Double(values.base[i]) }
        }
        let found = (0..<values.count).map { average.values.base[$0] }
        #expect(largestDifference(found, expected.map { Float($0) }) < 1e-5)
    }

    @Test func normTellsOfInfinities() throws {
        let graph = try Self.graph()
        let pool = ThreadPool(threads: 1)
        let values = ParameterBuffer(count: graph.storageCount)
        values.base[0] = .greatestFiniteMagnitude
        #expect(GradientNorm(graph)(values, pool: pool).isFinite)
        values.base[1] = .infinity
        #expect(!GradientNorm(graph)(values, pool: pool).isFinite)
        values.base[1] = .nan
        #expect(!GradientNorm(graph)(values, pool: pool).isFinite)
    }

    @Test func shortGradientsAreNotScaled() {
        #expect(GradientNorm.scale(norm: 0.5, limit: 1) == 1)
        #expect(abs(GradientNorm.scale(norm: 4, limit: 1) - 0.25) < 1e-6)
    }
}
