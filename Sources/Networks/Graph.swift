/// The one intermediate representation of a network: student presets, teachers trained here and imported ones.
///
/// Nodes are in topological order; node 0 is the input, the last node gives the logits. Activations are
/// N,H,W,C; convolution weights O,H,W,I; linear weights O,I.
public struct Graph: Sendable, Equatable, Codable {
    public var nodes: [Node]
    /// Descriptors of everything stored in a `ParameterBuffer`, in the order of their offsets.
    public var parameters: [Parameter]

    public init(nodes: [Node], parameters: [Parameter]) {
        self.nodes = nodes
        self.parameters = parameters
    }

    public var input: Shape { nodes[0].shape }
    public var classes: Int { nodes[nodes.count - 1].shape.channels }
    /// Floats in a `ParameterBuffer` for this graph, running statistics included.
    public var storageCount: Int { parameters.last.map { $0.offset + $0.count } ?? 0 }
    /// Trainable values: what is meant by a network's number of parameters.
    public var parameterCount: Int { parameters.lazy.filter(\.role.isTrainable).map(\.count).reduce(0, +) }
    /// Multiply-accumulates of convolutions and linear layers for one image.
    public var multiplyAccumulates: Int { nodes.lazy.map { multiplyAccumulates(of: $0) }.reduce(0, +) }

    /// Height, width and channels of one image's activation.
    public struct Shape: Sendable, Equatable, Codable {
        public var height: Int
        public var width: Int
        public var channels: Int
        public init(height: Int, width: Int, channels: Int) {
            self.height = height
            self.width = width
            self.channels = channels
        }
        public var count: Int { height * width * channels }
    }

    public struct Node: Sendable, Equatable, Codable {
        /// Unique, dotted: `stage2.0.conv1`.
        public var name: String
        public var operation: Operation
        /// Indices of earlier nodes.
        public var inputs: [Int]
        /// Shape of the output for one image.
        public var shape: Shape
        /// Indices in `Graph.parameters`, in the order the operation's case states.
        public var parameters: [Int]

        public init(name: String, operation: Operation, inputs: [Int], shape: Shape, parameters: [Int]) {
            self.name = name
            self.operation = operation
            self.inputs = inputs
            self.shape = shape
            self.parameters = parameters
        }
    }

    public enum Operation: Sendable, Equatable, Codable {
        case input
        /// Parameters: weight O,KH,KW,I/groups; bias O when `bias`.
        case convolution(Convolution)
        /// Parameters: scale C, shift C, running mean C, running variance C (as PyTorch: momentum 0.1, the
        /// running variance unbiased, the normalising one biased).
        case batchNorm(epsilon: Float)
        case relu
        case relu6
        /// x * relu6(x + 3) / 6
        case hardSwish
        /// Sum of two inputs of equal shape.
        case add
        case maxPool(Pool)
        /// Padding does not count in the average.
        case averagePool(Pool)
        /// To 1 x 1 x C.
        case globalAveragePool
        /// On the flattened (H, W, C) input, to 1 x 1 x O. Parameters: weight O,I; bias O.
        case linear(outputs: Int)
        /// Active in training only; kept values are scaled by 1 / (1 - rate).
        case dropout(rate: Float)
        /// To the nearest value that 8 bits can stand for; see `Rounding`. In training for integers alone.
        case round(Rounding)
    }

    public struct Convolution: Sendable, Equatable, Codable {
        public var outputs: Int
        /// Height and width of the kernel.
        public var kernelHeight: Int
        public var kernelWidth: Int
        public var stride: Int
        /// Zeros around the image: rows above, columns left, rows below, columns right.
        public var padTop: Int
        public var padLeft: Int
        public var padBottom: Int
        public var padRight: Int
        public var groups: Int
        public var bias: Bool

        public init(
            outputs: Int, kernelHeight: Int, kernelWidth: Int, stride: Int, padTop: Int, padLeft: Int, padBottom: Int,
            padRight: Int, groups: Int, bias: Bool
        ) {
            self.outputs = outputs
            self.kernelHeight = kernelHeight
            self.kernelWidth = kernelWidth
            self.stride = stride
            self.padTop = padTop
            self.padLeft = padLeft
            self.padBottom = padBottom
            self.padRight = padRight
            self.groups = groups
            self.bias = bias
        }
    }

    public struct Pool: Sendable, Equatable, Codable {
        public var size: Int
        public var stride: Int
        public var padding: Int

        public init(size: Int, stride: Int, padding: Int) {
            self.size = size
            self.stride = stride
            self.padding = padding
        }
    }

    /// Values as a device keeps them in 8 bits: (q - zero) scale, with q = clamp(round(x / scale) + zero, 0, 255), ties to
    /// even.
    ///
    /// Gradients go straight through where nothing is clamped, and are zero elsewhere (Bengio et al. 2013, "Estimating
    /// or propagating gradients through stochastic neurons"; Jacob et al. 2018). A graph that rounds values rounds
    /// weights too: those of an output channel to n/127 of the largest of them, n in -127...127, with the gradient of
    /// the rounded ones.
    public struct Rounding: Sendable, Equatable, Codable {
        public var scale: Float
        public var zero: UInt8

        public init(scale: Float, zero: UInt8) {
            self.scale = scale
            self.zero = zero
        }
    }

    /// Whether values and weights are rounded to what 8 bits can stand for.
    public var isRounded: Bool {
        nodes.contains { node in
            if case .round = node.operation { return true }
            return false
        }
    }

    public struct Parameter: Sendable, Equatable, Codable {
        public enum Role: String, Sendable, Codable {
            case weight, bias, normScale, normShift, runningMean, runningVariance
            public var isTrainable: Bool { self != .runningMean && self != .runningVariance }
            /// Weight decay is for weights alone.
            public var decays: Bool { self == .weight }
        }
        /// The node's name and the role: `stage2.0.conv1.weight`.
        public var name: String
        public var role: Role
        public var shape: [Int]
        /// First float in the `ParameterBuffer`; a multiple of 16. The gap to the next parameter is zero.
        public var offset: Int
        public var count: Int

        public init(name: String, role: Role, shape: [Int], offset: Int, count: Int) {
            self.name = name
            self.role = role
            self.shape = shape
            self.offset = offset
            self.count = count
        }
    }

    public func multiplyAccumulates(of node: Node) -> Int {
        switch node.operation {
        case .convolution(let c):
            return node.shape.count * c.kernelHeight * c.kernelWidth * nodes[node.inputs[0]].shape.channels / c.groups
        case .linear(let outputs):
            return outputs * nodes[node.inputs[0]].shape.count
        default:
            return 0
        }
    }
}
