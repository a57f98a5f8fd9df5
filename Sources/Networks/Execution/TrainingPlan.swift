import Compute

/// A graph turned into training steps: chains of convolution, batch norm and activation become one step each, and
/// values get their memory.
struct TrainingPlan {
    /// A step with the values it reads and makes.
    struct Planned {
        let step: any TrainingStep
        let inputs: [Endpoint]
        /// `nil` for a step without a gradient of its own.
        let output: Endpoint?
    }

    private(set) var steps: [Planned] = []
    private(set) var buffers: [FloatBuffer] = []
    private(set) var convolutions: [ConvolutionStep] = []
    /// In the order they were asked for.
    private(set) var taps: [TapStep] = []
    let input: Endpoint
    private(set) var logits: Endpoint

    private let graph: Graph
    private let parameters, gradients: ParameterBuffer
    private let maximumBatch: Int
    private let precision: Precision
    private let kernels: Kernels
    private let roundsWeights: Bool
    private let readers: [[Int]]
    private var endpoints: [Endpoint?]
    /// Batch norms inside a chain that ends with an activation.
    private var absorbed: Set<Int> = []

    init(
        graph: Graph, parameters: ParameterBuffer, gradients: ParameterBuffer, maximumBatch: Int, precision: Precision,
        kernels: Kernels, taps tapped: [Int] = []
    ) {
        precondition(tapped.allSatisfy { graph.nodes.indices.dropFirst().contains($0) })
        self.graph = graph
        self.parameters = parameters
        self.gradients = gradients
        self.maximumBatch = maximumBatch
        self.precision = precision
        self.kernels = kernels
        var readers = [[Int]](repeating: [], count: graph.nodes.count)
        for (index, node) in graph.nodes.enumerated() { for input in node.inputs { readers[input].append(index) } }
        // A tap is one more reader: what only it and another read is no chain.
        for tap in tapped { readers[tap].append(graph.nodes.count) }
        self.readers = readers
        roundsWeights = graph.isRounded
        endpoints = Array(repeating: nil, count: graph.nodes.count)
        let images = FloatBuffer(count: maximumBatch * graph.input.count)
        buffers = [images]
        input = Endpoint(shape: graph.input, raw: images.base)
        logits = input
        endpoints[0] = input
        for index in graph.nodes.indices.dropFirst() where endpoints[index] == nil && !absorbed.contains(index) {
            compile(index)
            for tap in Set(tapped).sorted() where steps.isTapMissing(endpoints[tap]) { self.tap(endpoints[tap]) }
        }
        taps = tapped.map { tap in
            guard let step = steps.tap(of: endpoints[tap]) else { preconditionFailure("a tap on a value never made") }
            return step
        }
        logits = stored(endpoints[graph.nodes.count - 1])
    }

    // MARK: - Nodes

    private mutating func compile(_ index: Int) {
        let node = graph.nodes[index]
        switch node.operation {
        case .input: preconditionFailure("an input after the first node")
        case .convolution(let c):
            let from = endpoint(node.inputs[0])
            let shape = graph.nodes[node.inputs[0]].shape
            let geometry = ConvolutionGeometry(
                height: shape.height, width: shape.width, channels: shape.channels, outputs: c.outputs,
                kernelHeight: c.kernelHeight, kernelWidth: c.kernelWidth, stride: c.stride, padTop: c.padTop,
                padLeft: c.padLeft, padBottom: c.padBottom, padRight: c.padRight, groups: c.groups)
            convolve(index, geometry: geometry, from: from)
        case .linear(let outputs):
            let from = stored(endpoint(node.inputs[0]))
            let geometry = ConvolutionGeometry(
                height: 1, width: 1, channels: from.count, outputs: outputs, kernelHeight: 1, kernelWidth: 1, stride: 1,
                padTop: 0, padLeft: 0, padBottom: 0, padRight: 0, groups: 1)
            convolve(index, geometry: geometry, from: from)
        case .batchNorm, .relu, .relu6, .hardSwish:
            let from = stored(endpoint(node.inputs[0]))
            guard let memory = from.stored else { preconditionFailure("a value not written out") }
            let chain = self.chain(from: index)
            let output = Endpoint(shape: node.shape, raw: memory, norm: chain.norm, activation: chain.activation)
            endpoints[chain.last] = output
            add(NormStep(input: from, output: output), reads: [from], makes: output)
        case .add:
            let inputs = node.inputs.map { endpoint($0) }.map { $0.activation == .none ? $0 : stored($0) }
            var last = index
            var activation = Activation.none
            if let next = soleReader(of: index), let found = graph.nodes[next].operation.activation, found != .hardSwish
            {
                last = next
                activation = found
            }
            let output = Endpoint(shape: node.shape, raw: memory(node.shape))
            endpoints[last] = output
            add(AddStep(inputs, output: output, activation: activation), reads: inputs, makes: output)
        case .globalAveragePool:
            let from = endpoint(node.inputs[0])
            let output = Endpoint(shape: node.shape, raw: memory(node.shape))
            endpoints[index] = output
            add(GlobalPoolStep(input: from, output: output), reads: [from], makes: output)
        case .maxPool(let pool): window(index, pool: pool, isMaximum: true)
        case .averagePool(let pool): window(index, pool: pool, isMaximum: false)
        case .dropout(let rate):
            let from = stored(endpoint(node.inputs[0]))
            let output = Endpoint(shape: node.shape, raw: memory(node.shape))
            endpoints[index] = output
            let step = DropoutStep(input: from, output: output, rate: rate, layer: index, maximumBatch: maximumBatch)
            add(step, reads: [from], makes: output)
        case .round(let rounding):
            let from = stored(endpoint(node.inputs[0]))
            let output = Endpoint(shape: node.shape, raw: memory(node.shape))
            endpoints[index] = output
            add(RoundStep(input: from, output: output, rounding), reads: [from], makes: output)
        }
    }

    private mutating func convolve(_ index: Int, geometry: ConvolutionGeometry, from: Endpoint) {
        let node = graph.nodes[index]
        let values = node.parameters.map { graph.parameters[$0] }
        let chain =
            soleReader(of: index).map { self.chain(from: $0) } ?? Chain(norm: nil, activation: .none, last: index)
        let isChain = chain.norm != nil
        let output = Endpoint(
            shape: node.shape, raw: memory(node.shape), norm: chain.norm, activation: chain.activation)
        endpoints[isChain ? chain.last : index] = output
        if isChain { absorbed.formUnion(readers[index]) }
        let bias = values.count > 1 ? values[1] : nil
        let convolution = Convolution(
            geometry, maximumBatch: maximumBatch, hasBias: bias != nil, training: true, precision: precision,
            kernels: kernels)
        let step = ConvolutionStep(
            convolution, input: from, output: output,
            values: ConvolutionStep.Values(
                weight: parameters.base + values[0].offset, dWeight: gradients.base + values[0].offset,
                bias: bias.map { parameters.base + $0.offset }, dBias: bias.map { gradients.base + $0.offset }),
            roundsWeights: roundsWeights, kernels: kernels)
        convolutions.append(step)
        add(step, reads: [from], makes: output)
    }

    private mutating func window(_ index: Int, pool: Graph.Pool, isMaximum: Bool) {
        let node = graph.nodes[index]
        let from = isMaximum ? endpoint(node.inputs[0]) : stored(endpoint(node.inputs[0]))
        let output = Endpoint(shape: node.shape, raw: memory(node.shape))
        endpoints[index] = output
        let step = WindowPoolStep(
            input: from, output: output, pool: pool, isMaximum: isMaximum, maximumBatch: maximumBatch)
        add(step, reads: [from], makes: output)
    }

    private mutating func tap(_ value: Endpoint?) {
        let value = stored(value)
        steps.append(Planned(step: TapStep(value, maximumBatch: maximumBatch), inputs: [value], output: nil))
    }

    // MARK: - Chains

    private struct Chain {
        /// `nil`: neither norm nor activation.
        var norm: Norm?
        var activation: Activation
        /// The last node of the chain.
        var last: Int
    }

    /// A batch norm, an activation, or both, beginning at a node.
    private func chain(from first: Int) -> Chain {
        var chain = Chain(norm: nil, activation: .none, last: first)
        var next: Int? = first
        if case .batchNorm(let epsilon) = graph.nodes[first].operation {
            chain.norm = norm(of: graph.nodes[first], epsilon: epsilon)
            next = soleReader(of: first)
        }
        if let next, let activation = graph.nodes[next].operation.activation {
            chain.activation = activation
            chain.last = next
            if chain.norm == nil { chain.norm = norm(of: graph.nodes[next], epsilon: nil) }
        }
        return chain
    }

    private func norm(of node: Graph.Node, epsilon: Float?) -> Norm {
        var values: Norm.Parameters?
        if epsilon != nil {
            let at = node.parameters.map { graph.parameters[$0].offset }
            values = Norm.Parameters(
                scale: parameters.base + at[0], shift: parameters.base + at[1], runningMean: parameters.base + at[2],
                runningVariance: parameters.base + at[3], dScale: gradients.base + at[0],
                dShift: gradients.base + at[1])
        }
        return Norm(
            channels: node.shape.channels, parts: max(maximumBatch, 16), epsilon: epsilon ?? 0, parameters: values,
            kernels: kernels)
    }

    /// The only node that reads a value, where it is not a tap.
    private func soleReader(of index: Int) -> Int? {
        guard readers[index].count == 1, readers[index][0] < graph.nodes.count else { return nil }
        return readers[index][0]
    }

    // MARK: - Values

    private func endpoint(_ index: Int) -> Endpoint {
        guard let found = endpoints[index] else { preconditionFailure("node \(index) is read before it is made") }
        return found
    }

    private mutating func stored(_ value: Endpoint?) -> Endpoint {
        guard let value else { preconditionFailure("a graph without an output") }
        if value.stored == nil {
            value.stored = memory(value.shape)
            steps.append(Planned(step: StoreStep(value), inputs: [], output: nil))
        }
        return value
    }

    private mutating func memory(_ shape: Graph.Shape) -> UnsafeMutablePointer<Float> {
        let made = FloatBuffer(count: maximumBatch * shape.count)
        buffers.append(made)
        return made.base
    }

    private mutating func add(_ step: any TrainingStep, reads inputs: [Endpoint], makes output: Endpoint) {
        steps.append(Planned(step: step, inputs: inputs, output: output))
    }
}

extension [TrainingPlan.Planned] {
    fileprivate func tap(of value: Endpoint?) -> TapStep? {
        lazy.compactMap { $0.step as? TapStep }.first { $0.value === value }
    }

    /// Whether the value is there and has no tap yet.
    fileprivate func isTapMissing(_ value: Endpoint?) -> Bool { value != nil && tap(of: value) == nil }
}

extension Graph.Operation {
    /// As kernels apply it.
    var activation: Activation? {
        switch self {
        case .relu: .relu
        case .relu6: .relu6
        case .hardSwish: .hardSwish
        default: nil
        }
    }
}
