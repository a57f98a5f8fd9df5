import Compute

/// A graph turned into inference steps over a few slots of memory that values take in turn.
struct InferencePlan {
    /// A value: where it lies, and what readers apply on the way.
    struct Value {
        /// `nil`: the network's input.
        var slot: Int?
        var shape: Graph.Shape
        var affine: Affine?
        var activation = Activation.none

        var isPlain: Bool { affine == nil && activation == .none }
    }

    /// A batch norm that no convolution could take in, for each channel.
    final class Affine {
        let node: Graph.Node
        let epsilon: Float
        let scale, shift: FloatBuffer

        init(_ node: Graph.Node, epsilon: Float) {
            self.node = node
            self.epsilon = epsilon
            scale = FloatBuffer(count: node.shape.channels)
            shift = FloatBuffer(count: node.shape.channels)
        }

        func load(_ parameters: ParameterBuffer, graph: Graph) {
            let values = node.parameters.map { parameters[graph.parameters[$0]] }
            for c in 0..<node.shape.channels {
                let k = Double(values[0][c]) / (Double(values[3][c]) + Double(epsilon)).squareRoot()
                scale.base[c] = Float(k)
                shift.base[c] = Float(Double(values[1][c]) - Double(values[2][c]) * k)
            }
        }
    }

    enum Step {
        case convolution(Convolution, Value, activation: Activation, to: Int)
        case add(Value, Value, activation: Activation, to: Int)
        case globalPool(Value, to: Int)
        case window(Value, Graph.Pool, isMaximum: Bool, shape: Graph.Shape, to: Int)
        case store(Value, to: Int)
        case round(Value, Graph.Rounding, to: Int)
        /// Hands a value out.
        case tap(Value, Int)
    }

    /// Images that go through all steps together, in one thread: their activations stay in the second-level cache.
    let block: Int
    private(set) var steps: [Step] = []
    /// Floats of each slot for one image.
    private(set) var slots: [Int] = []
    private(set) var affines: [Affine] = []
    /// Convolutions with their parameters: weight, then bias.
    private(set) var convolutions: [(Convolution, [Graph.Parameter])] = []
    private(set) var output: Value

    private let graph: Graph
    private let precision: Precision
    private let kernels: Kernels
    private let readers: [[Int]]
    private var values: [Value?]
    /// Reads of each slot's value that are still to come.
    private var pending: [Int]
    private var owner: [Int: Int] = [:]
    private var free: [Int] = []

    /// - Parameters:
    ///   - graph: with batch norms folded.
    ///   - taps: nodes whose values are handed out.
    init(graph: Graph, maximumBatch: Int, precision: Precision, kernels: Kernels, taps: [Int] = []) {
        self.graph = graph
        self.precision = precision
        self.kernels = kernels
        block = Self.block(of: graph, maximumBatch: maximumBatch)
        var readers = [[Int]](repeating: [], count: graph.nodes.count)
        for (index, node) in graph.nodes.enumerated() { for input in node.inputs { readers[input].append(index) } }
        // A tap is one more reader: what only it and another read is not taken in by its producer.
        for tap in taps { readers[tap].append(graph.nodes.count) }
        self.readers = readers
        pending = readers.map(\.count)
        values = Array(repeating: nil, count: graph.nodes.count)
        output = Value(slot: nil, shape: graph.input)
        values[0] = output
        var skipped: Set<Int> = []
        var handedOut: Set<Int> = []
        for index in graph.nodes.indices.dropFirst() where !skipped.contains(index) {
            if let taken = compile(index) { skipped.insert(taken) }
            for (number, tap) in taps.enumerated() where values[tap] != nil && handedOut.insert(number).inserted {
                handOut(tap, number)
            }
        }
        if let last = values[graph.nodes.count - 1] { output = last }
    }

    private static func block(of graph: Graph, maximumBatch: Int) -> Int {
        ImageBlock.images(
            largest: graph.nodes.map(\.shape.count).max() ?? 1,
            convolutions: graph.nodes.compactMap { node in
                guard case .convolution = node.operation, let weight = node.parameters.first else { return nil }
                return (graph.parameters[weight].count, node.shape.height * node.shape.width)
            }, maximumBatch: maximumBatch)
    }

    /// Returns the activation node that the step has taken in.
    private mutating func compile(_ index: Int) -> Int? {
        let node = graph.nodes[index]
        switch node.operation {
        case .input: preconditionFailure("an input after the first node")
        case .convolution(let c):
            let shape = graph.nodes[node.inputs[0]].shape
            let geometry = ConvolutionGeometry(
                height: shape.height, width: shape.width, channels: shape.channels, outputs: c.outputs,
                kernelHeight: c.kernelHeight, kernelWidth: c.kernelWidth, stride: c.stride, padTop: c.padTop,
                padLeft: c.padLeft, padBottom: c.padBottom, padRight: c.padRight, groups: c.groups)
            return convolve(index, geometry: geometry, from: value(node.inputs[0]))
        case .linear(let outputs):
            let from = plain(node.inputs[0])
            let geometry = ConvolutionGeometry(
                height: 1, width: 1, channels: from.shape.count, outputs: outputs, kernelHeight: 1, kernelWidth: 1,
                stride: 1, padTop: 0, padLeft: 0, padBottom: 0, padRight: 0, groups: 1)
            return convolve(index, geometry: geometry, from: from)
        case .batchNorm(let epsilon):
            var made = plain(node.inputs[0])
            let affine = Affine(node, epsilon: epsilon)
            affines.append(affine)
            made.affine = affine
            return pass(made, index)
        case .relu, .relu6, .hardSwish:
            var made = value(node.inputs[0])
            if made.activation != .none { made = plain(node.inputs[0]) }
            made.activation = node.operation.activation ?? .none
            return pass(made, index)
        case .dropout:
            return pass(value(node.inputs[0]), index)
        case .add:
            let inputs = node.inputs.map { input in
                let found = value(input)
                return found.activation == .none ? found : plain(input)
            }
            let (activation, last) = activation(behind: index)
            let slot = place(last ?? index, shape: node.shape)
            steps.append(.add(inputs[0], inputs[1], activation: activation, to: slot))
            finish(index)
            return last
        case .globalAveragePool:
            let from = value(node.inputs[0])
            steps.append(.globalPool(from, to: place(index, shape: node.shape)))
        case .maxPool(let pool):
            let from = plain(node.inputs[0])
            steps.append(.window(from, pool, isMaximum: true, shape: node.shape, to: place(index, shape: node.shape)))
        case .averagePool(let pool):
            let from = plain(node.inputs[0])
            steps.append(.window(from, pool, isMaximum: false, shape: node.shape, to: place(index, shape: node.shape)))
        case .round(let rounding):
            let from = plain(node.inputs[0])
            steps.append(.round(from, rounding, to: place(index, shape: node.shape)))
        }
        finish(index)
        return nil
    }

    private mutating func convolve(_ index: Int, geometry: ConvolutionGeometry, from: Value) -> Int? {
        let node = graph.nodes[index]
        let parameters = node.parameters.map { graph.parameters[$0] }
        let convolution = Convolution(
            geometry, maximumBatch: block, hasBias: parameters.count > 1, training: false, precision: precision,
            kernels: kernels)
        convolutions.append((convolution, parameters))
        let (activation, last) = activation(behind: index)
        let slot = place(last ?? index, shape: node.shape)
        steps.append(.convolution(convolution, from, activation: activation, to: slot))
        finish(index)
        return last
    }

    private func activation(behind index: Int) -> (Activation, Int?) {
        guard readers[index].count == 1, readers[index][0] < graph.nodes.count,
            let found = graph.nodes[readers[index][0]].operation.activation
        else {
            return (.none, nil)
        }
        return (found, readers[index][0])
    }

    private mutating func handOut(_ index: Int, _ number: Int) {
        let value = self.value(index)
        steps.append(.tap(value, number))
        pending[index] -= 1
        release(value, reads: 1)
    }

    private func value(_ index: Int) -> Value {
        guard let found = values[index] else { preconditionFailure("node \(index) is read before it is made") }
        return found
    }

    /// The value without anything left to apply: written out where there is.
    private mutating func plain(_ index: Int) -> Value {
        let found = value(index)
        if found.isPlain { return found }
        let slot = take(found.shape.count)
        steps.append(.store(found, to: slot))
        release(found, reads: pending[index])
        let made = Value(slot: slot, shape: found.shape)
        owner[slot] = pending[index]
        values[index] = made
        return made
    }

    // MARK: - Slots

    private mutating func take(_ count: Int) -> Int {
        if let slot = free.popLast() {
            slots[slot] = max(slots[slot], count)
            return slot
        }
        slots.append(count)
        return slots.count - 1
    }

    private mutating func place(_ index: Int, shape: Graph.Shape) -> Int {
        let slot = take(shape.count)
        owner[slot] = max(pending[index], 1)
        values[index] = Value(slot: slot, shape: shape)
        return slot
    }

    /// Another name for a value in the same slot.
    private mutating func pass(_ made: Value, _ index: Int) -> Int? {
        values[index] = made
        if let slot = made.slot { owner[slot, default: 0] += pending[index] }
        finish(index)
        return nil
    }

    /// The node's inputs have been read once more.
    private mutating func finish(_ index: Int) {
        for input in graph.nodes[index].inputs {
            pending[input] -= 1
            if let read = values[input] { release(read, reads: 1) }
        }
    }

    private mutating func release(_ value: Value, reads: Int) {
        guard let slot = value.slot, let left = owner[slot] else { return }
        owner[slot] = left - reads
        if left - reads <= 0 {
            owner[slot] = nil
            free.append(slot)
        }
    }
}
