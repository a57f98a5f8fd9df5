/// The shapes of a convolution: input H,W,C, output OH,OW,O, weights O,KH,KW,C/groups.
public struct ConvolutionGeometry: Sendable, Equatable {
    public var height, width, channels: Int
    public var outputs: Int
    public var kernelHeight, kernelWidth: Int
    public var stride: Int
    public var padTop, padLeft, padBottom, padRight: Int
    public var groups: Int

    public init(
        height: Int, width: Int, channels: Int, outputs: Int, kernelHeight: Int, kernelWidth: Int, stride: Int,
        padTop: Int, padLeft: Int, padBottom: Int, padRight: Int, groups: Int
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
        precondition(outHeight > 0 && outWidth > 0)
    }

    public var outHeight: Int { (height + padTop + padBottom - kernelHeight) / stride + 1 }
    public var outWidth: Int { (width + padLeft + padRight - kernelWidth) / stride + 1 }
    public var inputCount: Int { height * width * channels }
    public var outputCount: Int { outHeight * outWidth * outputs }
    /// Every channel has its own kernel: these go through their own micro-kernel.
    public var isDepthwise: Bool { groups > 1 && groups == channels && outputs == channels }
    public var taps: Int { kernelHeight * kernelWidth }
    /// Values that one output is the sum of: the K of the product.
    public var depth: Int { taps * channels / groups }
    public var weightCount: Int { outputs * depth }
}
