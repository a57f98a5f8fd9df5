/// The 4x4 tiles in which a 3x3 convolution of stride 1 is worked on by Winograd's algorithm.
///
/// Of its 36 products a tile, which do the work of 144, those outside the image are lost.
struct WinogradTiling {
    /// Tiles that cover the output.
    let down, across: Int
    /// Tiles that cover the input, for its gradient.
    let backDown, backAcross: Int

    /// `nil` where the definition is used: other kernels, few or odd channels, images so small that too much of the tiles
    /// lies outside.
    init?(_ g: ConvolutionGeometry) {
        guard g.kernelHeight == 3, g.kernelWidth == 3, g.stride == 1, g.groups == 1, g.dilationHeight == 1,
            g.dilationWidth == 1,
            max(g.padTop, g.padLeft, g.padBottom, g.padRight) <= 2, g.channels % 8 == 0, g.outputs % 8 == 0
        else { return nil }
        down = (g.outHeight + 3) / 4
        across = (g.outWidth + 3) / 4
        backDown = (g.height + 3) / 4
        backAcross = (g.width + 3) / 4
        // Products of the definition, and three quarters of them: the transforms take time too.
        guard 36 * down * across * 4 <= 9 * g.outHeight * g.outWidth * 3 else { return nil }
    }
}
