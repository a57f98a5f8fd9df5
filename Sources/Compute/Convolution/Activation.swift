import CKernels

/// An activation that kernels can apply on the way.
public enum Activation: Int32, Sendable {
    case none = 0
    case relu = 1
    case relu6 = 2
    case hardSwish = 3
}

/// Values as they lie in memory with what is still to be done to them: act(scale x + shift) for each channel.
public struct Source {
    public var base: UnsafePointer<Float>
    /// `nil`: 1 and 0.
    public var scale: UnsafePointer<Float>?
    public var shift: UnsafePointer<Float>?
    public var activation: Activation

    public init(
        _ base: UnsafePointer<Float>, scale: UnsafePointer<Float>? = nil, shift: UnsafePointer<Float>? = nil,
        activation: Activation = .none
    ) {
        self.base = base
        self.scale = scale
        self.shift = shift
        self.activation = activation
    }

    public var isPlain: Bool { scale == nil && activation == .none }
}

/// The gradient by a convolution's output: as it lies in memory, or through the batch norm and activation behind it.
public struct GradientSource {
    public var gradient: UnsafePointer<Float>
    public var norm: Norm?

    /// dy = p dz + q y + r with dz = gradient * act'(scale y + shift); all but `y` are per channel.
    public struct Norm {
        public var y: UnsafePointer<Float>
        public var scale, shift, p, q, r: UnsafePointer<Float>
        public var activation: Activation

        public init(
            y: UnsafePointer<Float>, scale: UnsafePointer<Float>, shift: UnsafePointer<Float>,
            p: UnsafePointer<Float>, q: UnsafePointer<Float>, r: UnsafePointer<Float>, activation: Activation
        ) {
            self.y = y
            self.scale = scale
            self.shift = shift
            self.p = p
            self.q = q
            self.r = r
            self.activation = activation
        }
    }

    public init(_ gradient: UnsafePointer<Float>, norm: Norm? = nil) {
        self.gradient = gradient
        self.norm = norm
    }
}
