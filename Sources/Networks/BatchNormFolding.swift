extension Graph {
    /// The same function in evaluation with fewer nodes, and its parameters.
    ///
    /// A batch norm whose input is a convolution that nothing else reads becomes part of that convolution: with
    /// k = scale / √(running variance + epsilon), the weights of an output channel are multiplied by k and its bias
    /// becomes shift + (bias - running mean) k. A batch norm elsewhere stays. Dropout nodes go away.
    /// Nodes keep their names; a folded convolution has a bias.
    ///
    /// - Precondition: a graph made by `GraphBuilder` or one that passed `validate`.
    public func foldingBatchNorms(_ parameters: ParameterBuffer) -> (graph: Graph, parameters: ParameterBuffer) {
        let folded = foldingBatchNorms(parameters, keeping: [])
        return (folded.graph, folded.parameters)
    }

    /// The same, with the values of some nodes kept.
    ///
    /// - Returns: also `places`: the nodes of the new graph that give the values to keep.
    func foldingBatchNorms(
        _ parameters: ParameterBuffer, keeping kept: [Int]
    ) -> (graph: Graph, parameters: ParameterBuffer, places: [Int]) {
        let plan = FoldingPlan(self, keeping: kept)
        let folded = plan.graph
        let values = ParameterBuffer(count: folded.storageCount)
        for step in plan.steps {
            let source = nodes[step.source]
            let target = folded.nodes[step.target]
            guard let norm = step.norm else {
                for (from, to) in zip(source.parameters, target.parameters) {
                    copy(parameters[self.parameters[from]], to: values[folded.parameters[to]])
                }
                continue
            }
            fold(
                source, norm: nodes[norm], of: parameters, weight: values[folded.parameters[target.parameters[0]]],
                bias: values[folded.parameters[target.parameters[1]]])
        }
        return (folded, values, plan.places)
    }

    private func fold(
        _ convolution: Node, norm: Node, of values: ParameterBuffer, weight: UnsafeMutableBufferPointer<Float>,
        bias: UnsafeMutableBufferPointer<Float>
    ) {
        guard case .batchNorm(let epsilon) = norm.operation else {
            preconditionFailure("\(norm.name) is no batch norm")
        }
        let old = convolution.parameters.map { values[parameters[$0]] }
        let statistics = norm.parameters.map { values[parameters[$0]] }
        let fanIn = weight.count / bias.count
        for o in bias.indices {
            let k = Double(statistics[0][o]) / (Double(statistics[3][o]) + Double(epsilon)).squareRoot()
            for i in o * fanIn..<(o + 1) * fanIn { weight[i] = Float(Double(old[0][i]) * k) }
            let before = old.count > 1 ? Double(old[1][o]) : 0
            bias[o] = Float(Double(statistics[1][o]) + (before - Double(statistics[2][o])) * k)
        }
    }

    private func copy(_ source: UnsafeMutableBufferPointer<Float>, to target: UnsafeMutableBufferPointer<Float>) {
        precondition(source.count == target.count)
        for i in source.indices { target[i] = source[i] }
    }
}

/// Which nodes of a graph remain when batch norms are folded and dropout is removed.
private struct FoldingPlan {
    struct Step {
        /// Index in the old graph.
        let source: Int
        /// Index in the new graph.
        let target: Int
        /// Index in the old graph of the batch norm that the source takes in.
        let norm: Int?
    }

    private(set) var graph: Graph
    private(set) var steps: [Step] = []
    /// In the new graph, of the nodes to keep.
    let places: [Int]

    init(_ old: Graph, keeping kept: [Int]) {
        // Dropout first: a batch norm may stand behind one.
        var producer = Array(old.nodes.indices)
        for (i, node) in old.nodes.enumerated() {
            if case .dropout = node.operation { producer[i] = producer[node.inputs[0]] }
        }
        var readers = [Int](repeating: 0, count: old.nodes.count)
        for (i, node) in old.nodes.enumerated() where producer[i] == i {
            for input in node.inputs { readers[producer[input]] += 1 }
        }
        // The graph's output is read by its user.
        readers[producer[old.nodes.count - 1]] += 1
        for node in kept { readers[producer[node]] += 1 }

        // The old node whose new twin stands for each old node.
        var standIn = producer
        var normOfConvolution: [Int: Int] = [:]
        for (i, node) in old.nodes.enumerated() {
            guard case .batchNorm = node.operation else { continue }
            let convolution = producer[node.inputs[0]]
            guard case .convolution = old.nodes[convolution].operation, readers[convolution] == 1 else { continue }
            normOfConvolution[convolution] = i
            standIn[i] = convolution
        }

        do throws(ShapeError) {
            var builder = try GraphBuilder(input: old.input)
            var newIndex = [0: 0]
            for (i, node) in old.nodes.enumerated().dropFirst() where standIn[i] == i {
                var operation = node.operation
                if case .convolution(var convolution) = operation, normOfConvolution[i] != nil {
                    convolution.bias = true
                    operation = .convolution(convolution)
                }
                let inputs = node.inputs.map { newIndex[standIn[producer[$0]]]! }
                let index = try builder.append(operation, inputs, node.name)
                newIndex[i] = index
                steps.append(Step(source: i, target: index, norm: normOfConvolution[i]))
            }
            graph = builder.graph()
            places = kept.map { newIndex[standIn[producer[$0]]]! }
        } catch {
            preconditionFailure("not a valid graph: \(error)")
        }
    }
}
