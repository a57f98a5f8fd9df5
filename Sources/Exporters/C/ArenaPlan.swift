import Compression

/// Where the values of a quantized network lie in one piece of memory, so that those needed at the same time do not
/// overlap: the largest first, each at the lowest place that is free all its life.
struct ArenaPlan {
    /// Of each value, in bytes.
    private(set) var offsets: [Int]
    private(set) var bytes = 0

    init(_ network: QuantizedNetwork) {
        // First and last step at which a value must be there; the input comes before the first.
        var life = network.values.map { _ in (first: -1, last: -1) }
        for (index, step) in network.steps.enumerated() {
            life[step.output] = (index, index)
            for input in step.inputs { life[input].last = index }
        }
        let output = network.steps[network.steps.count - 1].output
        life[output].last = network.steps.count
        // What works value by value may write over an input that nothing else reads.
        var home = Array(network.values.indices)
        for (index, step) in network.steps.enumerated() {
            switch step.operation {
            case .add, .pointwise: break
            default: continue
            }
            guard let input = step.inputs.first(where: { life[home[$0]].last == index && life[$0].last == index })
            else { continue }
            home[step.output] = home[input]
            life[home[input]].last = life[step.output].last
        }
        offsets = Array(repeating: 0, count: network.values.count)
        let sizes = network.values.map(\.shape.count)
        let homes = network.values.indices.filter { home[$0] == $0 }
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
            bytes = max(bytes, at + sizes[value])
        }
        for value in network.values.indices { offsets[value] = offsets[home[value]] }
    }
}
