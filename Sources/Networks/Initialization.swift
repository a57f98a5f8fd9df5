import Compute

extension ParameterBuffer {
    /// First values of a network's parameters, the same for the same graph and seed.
    ///
    /// PyTorch's defaults, so that runs compare with PyTorch's: weights and biases of convolutions and linear layers
    /// are uniform in ±1/√fanIn (`kaiming_uniform_` with a = √5, after He et al. 2015, "Delving deep into
    /// rectifiers"); norms start as identity, running means at 0 and running variances at 1.
    public static func initialized(for graph: Graph, seed: UInt64) -> ParameterBuffer {
        let buffer = ParameterBuffer(count: graph.storageCount)
        for node in graph.nodes {
            // A bias has the fan-in of the weight it belongs to, which is the node's first parameter.
            let fanIn = node.parameters.first.map { graph.parameters[$0].shape.dropFirst().reduce(1, *) } ?? 1
            for index in node.parameters {
                let parameter = graph.parameters[index]
                switch parameter.role {
                case .weight, .bias:
                    let bound = 1 / Float(fanIn).squareRoot()
                    // Each parameter has its own stream, so that its values do not hang on those before it.
                    var random = CounterRandom(seed: seed, stream: initializationStream, UInt32(index))
                    for i in buffer[parameter].indices {
                        buffer[parameter][i] = (2 * random.uniform() - 1) * bound
                    }
                case .normScale, .runningVariance:
                    buffer[parameter].update(repeating: 1)
                case .normShift, .runningMean:
                    buffer[parameter].update(repeating: 0)
                }
            }
        }
        return buffer
    }
}

/// "init" in ASCII: apart from the streams of shuffling, augmentation and dropout.
private let initializationStream: UInt32 = 0x696E_6974
