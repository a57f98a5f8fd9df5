/// The shapes of a convolution: input H,W,C, output OH,OW,O, weights O,KH,KW,C/groups.
public struct ConvolutionGeometry: Sendable, Equatable {
    public var height, width, channels: Int
    public var outputs: Int
    public var kernelHeight, kernelWidth: Int
    public var stride: Int
    public var padTop, padLeft, padBottom, padRight: Int
    public var groups: Int
    /// Input pixels from one tap to the next: 1 for a dense kernel. Only for inference.
    public var dilationHeight = 1
    public var dilationWidth = 1

    public init(
        height: Int, width: Int, channels: Int, outputs: Int, kernelHeight: Int, kernelWidth: Int, stride: Int,
        padTop: Int, padLeft: Int, padBottom: Int, padRight: Int, groups: Int, dilationHeight: Int = 1,
        dilationWidth: Int = 1
    ) {
        precondition(channels % groups == 0 && outputs % groups == 0)
        self.height = height
        self.width = width
        self.channels = channels
        self.outputs = outputs
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        self.stride = stride
        self.padTop = padTop
        self.padLeft = padLeft
        self.padBottom = padBottom
        self.padRight = padRight
        self.groups = groups
        self.dilationHeight = dilationHeight
        self.dilationWidth = dilationWidth
        precondition(outHeight > 0 && outWidth > 0)
    }

    /// Input pixels from a kernel's first to its last row or column.
    public var reachHeight: Int { (kernelHeight - 1) * dilationHeight + 1 }
    public var reachWidth: Int { (kernelWidth - 1) * dilationWidth + 1 }
    public var outHeight: Int { (height + padTop + padBottom - reachHeight) / stride + 1 }
    public var outWidth: Int { (width + padLeft + padRight - reachWidth) / stride + 1 }
    public var inputCount: Int { height * width * channels }
    public var outputCount: Int { outHeight * outWidth * outputs }
    /// Every channel has its own kernel: these go through their own micro-kernel.
    public var isDepthwise: Bool { groups > 1 && groups == channels && outputs == channels }
    public var taps: Int { kernelHeight * kernelWidth }
    /// Values that one output is the sum of: the K of the product.
    public var depth: Int { taps * channels / groups }
    public var weightCount: Int { outputs * depth }
}
