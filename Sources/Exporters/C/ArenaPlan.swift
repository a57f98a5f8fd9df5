import Compression

/// Where the values of a quantized network lie in one piece of memory, so that those needed at the same time do not
/// overlap: the largest first, each at the lowest place that is free all its life.
struct ArenaPlan {
    /// Of each value, in its elements.
    private(set) var offsets: [Int]
    private(set) var count = 0

    /// What a step reads and makes.
    struct Step {
        var inputs: [Int]
        var output: Int
        /// It works value by value: it may write over an input that nothing else reads.
        var isPointwise: Bool
    }

    init(_ network: QuantizedNetwork) {
        self.init(
            sizes: network.values.map(\.shape.count),
            steps: network.steps.map { step in
                let isPointwise =
                    switch step.operation {
                    case .add, .pointwise: true
                    default: false
                    }
                return Step(inputs: step.inputs, output: step.output, isPointwise: isPointwise)
            })
    }

    init(_ graph: DeviceGraph) {
        self.init(
            sizes: graph.values.map(\.shape.count),
            steps: graph.steps.map { step in
                let isPointwise =
                    switch step.operation {
                    case .add, .pointwise: true
                    default: false
                    }
                return Step(inputs: step.inputs, output: step.output, isPointwise: isPointwise)
            })
    }

    /// - Parameter sizes: of the values; the first is the input.
    private init(sizes: [Int], steps: [Step]) {
        // First and last step at which a value must be there; the input comes before the first.
        var life = sizes.map { _ in (first: -1, last: -1) }
        for (index, step) in steps.enumerated() {
            life[step.output] = (index, index)
            for input in step.inputs { life[input].last = index }
        }
        let output = steps[steps.count - 1].output
        life[output].last = steps.count
        // What works value by value may write over an input that nothing else reads.
        var home = Array(sizes.indices)
        for (index, step) in steps.enumerated() {
            guard step.isPointwise,
                let input = step.inputs.first(where: { life[home[$0]].last == index && life[$0].last == index })
            else { continue }
            home[step.output] = home[input]
            life[home[input]].last = life[step.output].last
        }
        offsets = Array(repeating: 0, count: sizes.count)
        let homes = sizes.indices.filter { home[$0] == $0 }
        var placed: [Int] = []
        for value in homes.sorted(by: { (sizes[$0], $1) > (sizes[$1], $0) }) {
            let others = placed.filter { life[$0].first <= life[value].last && life[value].first <= life[$0].last }
            var at = 0
            for other in others.sorted(by: { offsets[$0] < offsets[$1] }) {
                if at + sizes[value] <= offsets[other] { break }
                at = max(at, offsets[other] + sizes[other])
            }
            offsets[value] = at
            placed.append(value)
            count = max(count, at + sizes[value])
        }
        for value in sizes.indices { offsets[value] = offsets[home[value]] }
    }
}
