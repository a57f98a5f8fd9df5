import Compute
import Networks

/// Post-training quantization: weights by channel and symmetric, activations by tensor and asymmetric.
public struct Quantizer {
    public let graph: DeviceGraph
    private let calibration: Calibration

    /// - Parameter images: some hundred that are like those to come; at least one.
    public init(graph: Graph, parameters: ParameterBuffer, calibrating images: SampleImages, pool: ThreadPool) {
        precondition(images.count > 0)
        self.graph = DeviceGraph(graph, parameters)
        calibration = Calibration(self.graph, images: images, pool: pool)
    }

    /// What came of one method.
    public struct Trial: Sendable, Equatable {
        public var method: CalibrationMethod
        /// Share of right answers; of answers as the network in single precision gives them, where labels are not known.
        public var accuracy: Double
        /// Of the logits, to those in single precision.
        public var meanSquaredError: Double
    }

    /// The network by the method that answers best, and all that were tried.
    ///
    /// - Parameters:
    ///   - images: to measure on: not the test split.
    ///   - logits: of the network in single precision for them, N,classes.
    public func best(
        on images: SampleImages, logits: [Float], pool: ThreadPool
    ) -> (network: QuantizedNetwork, method: CalibrationMethod, trials: [Trial]) {
        var best: (network: QuantizedNetwork, trial: Trial)?
        var trials: [Trial] = []
        for method in CalibrationMethod.allCases {
            let network = quantized(method)
            let score = network.score(on: images, logits: logits, pool: pool)
            let trial = Trial(method: method, accuracy: score.accuracy, meanSquaredError: score.meanSquaredError)
            trials.append(trial)
            if best == nil || trial.isBetter(than: best!.trial) { best = (network, trial) }
        }
        guard let best else { preconditionFailure("there are methods") }
        return (best.network, best.trial.method, trials)
    }

    public func quantized(_ method: CalibrationMethod) -> QuantizedNetwork {
        var ranges = calibration.distributions.map { $0.range(method) }
        // A maximum is one of its inputs.
        for step in graph.steps {
            if case .maxPool = step.operation { ranges[step.output] = ranges[step.inputs[0]] }
        }
        let values = zip(graph.values, ranges).map { value, range in
            // What a step clamps to must be the whole range.
            let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
            let scale = Float(max((high - low) / 255, 1e-8))
            let zero = UInt8(min(max((-low / Double(scale)).rounded(), 0), 255))
            return QuantizedNetwork.Value(name: value.name, shape: value.shape, scale: scale, zero: zero)
        }
        return QuantizedNetwork(graph, values: values)
    }
}

extension QuantizedNetwork {
    /// The integers nearest to a network's weights.
    ///
    /// - Parameter values: the scales and zeros of the graph's, in its order.
    public init(_ graph: DeviceGraph, values: [Value]) {
        precondition(values.count == graph.values.count)
        let steps = graph.steps.map { step in
            let operation: Operation =
                switch step.operation {
                case .convolution(let weights): .convolution(Weights(weights, input: values[step.inputs[0]].scale))
                case .add: .add
                case .maxPool(let pool): .maxPool(pool)
                case .averagePool(let pool): .averagePool(pool)
                case .globalAveragePool: .globalAveragePool
                case .pointwise: .pointwise(step.activation)
                }
            return Step(operation: operation, inputs: step.inputs, output: step.output)
        }
        self.init(values: values, steps: steps)
    }

    /// Share of right answers (of answers as the given logits have them, where labels are not known), and the mean
    /// squared error of the logits.
    ///
    /// - Parameter logits: of the network in single precision for the images, N,classes.
    public func score(
        on images: SampleImages, logits: [Float], pool: ThreadPool
    ) -> (accuracy: Double, meanSquaredError: Double) {
        precondition(logits.count == images.count * classes)
        let engine = IntegerNetwork(self, maximumBatch: 64, pool: pool)
        var right = 0
        var error = 0.0
        for first in stride(from: 0, to: images.count, by: 64) {
            let range = first..<min(first + 64, images.count)
            images.fill(range, engine.input)
            engine.forward(count: range.count)
            for image in range {
                let found = UnsafeBufferPointer(start: engine.logits + (image - first) * classes, count: classes)
                let wanted = logits[image * classes..<(image + 1) * classes]
                for (a, b) in zip(found, wanted) { error += Double((a - b) * (a - b)) }
                if found.indexOfLargest == images.answer(image, wanted) { right += 1 }
            }
        }
        return (Double(right) / Double(max(images.count, 1)), error / Double(max(logits.count, 1)))
    }
}

extension SampleImages {
    /// Share of right answers among logits, N,classes; 1 where labels are not known.
    public func accuracy(of logits: [Float]) -> Double {
        let classes = logits.count / max(count, 1)
        let right = (0..<count).count { image in
            let own = logits[image * classes..<(image + 1) * classes]
            return own.indexOfLargest == answer(image, own)
        }
        return Double(right) / Double(max(count, 1))
    }

    /// The label; where it is not known, what the logits say.
    fileprivate func answer(_ image: Int, _ logits: ArraySlice<Float>) -> Int {
        labels.isEmpty ? logits.indexOfLargest : Int(labels[image])
    }
}

extension QuantizedNetwork.Weights {
    fileprivate init(_ weights: DeviceGraph.Weights, input: Float) {
        let depth = weights.geometry.depth
        self.init(geometry: weights.geometry, weight: [], scale: [], bias: [])
        weight.reserveCapacity(weights.weight.count)
        for o in 0..<weights.geometry.outputs {
            let row = weights.weight[o * depth..<(o + 1) * depth]
            let largest = row.reduce(0) { max($0, abs($1)) } / 127
            // The bias too must fit, with room for the sum: half of 32 bits.
            let forBias = Float(abs(Double(weights.bias[o])) / (Double(input) * Double(1 << 29)))
            let scale = max(largest, forBias, 1e-8)
            self.scale.append(scale)
            for w in row { weight.append(Int8(min(max((w / scale).rounded(.toNearestOrEven), -127), 127))) }
            let bias = Double(weights.bias[o]) / (Double(input) * Double(scale))
            self.bias.append(Int32(min(max(bias.rounded(), -1_073_741_824), 1_073_741_824)))
        }
    }
}

extension Quantizer.Trial {
    fileprivate func isBetter(than other: Quantizer.Trial) -> Bool {
        accuracy != other.accuracy ? accuracy > other.accuracy : meanSquaredError < other.meanSquaredError
    }
}

extension RandomAccessCollection where Element: Comparable, Index == Int {
    /// The first of equals, counted from 0.
    public var indexOfLargest: Int {
        indices.dropFirst().reduce(startIndex) { self[$1] > self[$0] ? $1 : $0 } - startIndex
    }
}
