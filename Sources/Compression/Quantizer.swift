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
        let classes = graph.values[graph.output].shape.count
        precondition(logits.count == images.count * classes)
        var best: (network: QuantizedNetwork, trial: Trial)?
        var trials: [Trial] = []
        for method in CalibrationMethod.allCases {
            let network = quantized(method)
            let engine = IntegerNetwork(network, maximumBatch: 64, pool: pool)
            var right = 0
            var error = 0.0
            for first in stride(from: 0, to: images.count, by: 64) {
                let range = first..<min(first + 64, images.count)
                images.fill(range, engine.input)
                engine.forward(count: range.count)
                for image in range {
                    let found = engine.logits + (image - first) * classes
                    let wanted = logits[image * classes..<(image + 1) * classes]
                    for (a, b) in zip(UnsafeBufferPointer(start: found, count: classes), wanted) {
                        error += Double((a - b) * (a - b))
                    }
                    let answer = UnsafeBufferPointer(start: found, count: classes).indexOfLargest
                    let label = images.labels.isEmpty ? Array(wanted).indexOfLargest : Int(images.labels[image])
                    if answer == label { right += 1 }
                }
            }
            let trial = Trial(
                method: method, accuracy: Double(right) / Double(max(images.count, 1)),
                meanSquaredError: error / Double(max(logits.count, 1)))
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
        let steps = graph.steps.map { step in
            let operation: QuantizedNetwork.Operation =
                switch step.operation {
                case .convolution(let weights): .convolution(quantize(weights, input: values[step.inputs[0]].scale))
                case .add: .add
                case .maxPool(let pool): .maxPool(pool)
                case .averagePool(let pool): .averagePool(pool)
                case .globalAveragePool: .globalAveragePool
                case .pointwise: .pointwise(step.activation)
                }
            return QuantizedNetwork.Step(operation: operation, inputs: step.inputs, output: step.output)
        }
        return QuantizedNetwork(values: values, steps: steps)
    }

    private func quantize(_ weights: DeviceGraph.Weights, input: Float) -> QuantizedNetwork.Weights {
        let depth = weights.geometry.depth
        var made = QuantizedNetwork.Weights(geometry: weights.geometry, weight: [], scale: [], bias: [])
        made.weight.reserveCapacity(weights.weight.count)
        for o in 0..<weights.geometry.outputs {
            let row = weights.weight[o * depth..<(o + 1) * depth]
            let largest = Double(row.reduce(0) { max($0, abs($1)) })
            // The bias too must fit, with room for the sum: half of 32 bits.
            let forBias = abs(Double(weights.bias[o])) / (Double(input) * Double(1 << 29))
            let scale = Float(max(largest / 127, forBias, 1e-8))
            made.scale.append(scale)
            for w in row { made.weight.append(Int8(min(max((w / scale).rounded(.toNearestOrEven), -127), 127))) }
            let bias = Double(weights.bias[o]) / (Double(input) * Double(scale))
            made.bias.append(Int32(min(max(bias.rounded(), -1_073_741_824), 1_073_741_824)))
        }
        return made
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
