import CKernels

extension Convolution {
    /// Coefficients of the weights' gradient: 36 matrices of channels by outputs.
    var coefficientCount: Int { 36 * geometry.channels * gradientStride }

    /// Floats of scratch memory for the transforms of one block of tiles, in any direction.
    var winogradScratchCount: Int {
        guard tiling != nil, let scratch = kernels.table.pointee.winograd_scratch else { return 0 }
        let tiles = Int32(blockTiles)
        let (channels, outputs) = (Int32(geometry.channels), Int32(geometry.outputs))
        return Int(max(scratch(tiles, channels, outputs), scratch(tiles, outputs, channels)))
    }

    /// Tiles that go through transforms and products together.
    var blockTiles: Int { Blocking.winogradTiles(channels: geometry.channels, outputs: geometry.outputs) }

    func loadCoefficients(_ weight: UnsafePointer<Float>) {
        let (channels, outputs) = (Int32(geometry.channels), Int32(geometry.outputs))
        ck_winograd_weights(kernels.table, packed.base, weight, outputs, channels, 0)
        for target in packedBackward {
            ck_winograd_weights(kernels.table, target.base, weight, outputs, channels, 1)
        }
    }

    private func images(_ source: Source) -> ck_images {
        ck_images(
            base: source.base, height: Int32(geometry.height), width: Int32(geometry.width),
            channels: Int32(geometry.channels), scale: source.scale, shift: source.shift,
            activation: source.activation.rawValue)
    }

    func winogradForward(
        _ source: Source, tiling: WinogradTiling, count: Int, y: UnsafeMutablePointer<Float>,
        activation: Activation, sums: UnsafeMutablePointer<Float>?, scratch: UnsafeMutablePointer<Float>
    ) {
        var call = ck_winograd()
        call.x = images(source)
        call.top = Int32(geometry.padTop)
        call.left = Int32(geometry.padLeft)
        call.weights = UnsafePointer(isHalf ? pairs.base : packed.base)
        call.c = y
        call.images = Int32(count)
        call.height = Int32(geometry.outHeight)
        call.width = Int32(geometry.outWidth)
        call.outputs = Int32(geometry.outputs)
        call.down = Int32(tiling.down)
        call.across = Int32(tiling.across)
        call.bias = bias.map { UnsafePointer($0.base) }
        call.activation = activation.rawValue
        call.sums = sums
        call.block = Int32(blockTiles)
        call.scratch = scratch
        isHalf ? kernels.halves.pointee.winograd(&call) : kernels.table.pointee.winograd(&call)
    }

    /// The gradient by the input is a convolution of the gradient by the output with the kernel turned around.
    func winogradInputGradient(
        _ gradient: UnsafePointer<Float>, tiling: WinogradTiling, count: Int, dx: UnsafeMutablePointer<Float>,
        accumulate: Bool, scratch: UnsafeMutablePointer<Float>
    ) {
        let plan = backwardPlans[0]
        var call = ck_winograd()
        call.x.base = gradient
        call.x.height = Int32(geometry.outHeight)
        call.x.width = Int32(geometry.outWidth)
        call.x.channels = Int32(geometry.outputs)
        call.top = Int32(plan.top)
        call.left = Int32(plan.left)
        call.weights = UnsafePointer(isHalf ? pairsBackward[0].base : packedBackward[0].base)
        call.c = dx
        call.images = Int32(count)
        call.height = Int32(geometry.height)
        call.width = Int32(geometry.width)
        call.outputs = Int32(geometry.channels)
        call.down = Int32(tiling.backDown)
        call.across = Int32(tiling.backAcross)
        call.accumulate = accumulate ? 1 : 0
        call.block = Int32(blockTiles)
        call.scratch = scratch
        isHalf ? kernels.halves.pointee.winograd(&call) : kernels.table.pointee.winograd(&call)
    }

    /// The gradient by the weights, in coefficients, which `reduceGradient` turns back.
    func winogradWeightGradient(
        _ source: Source, _ gradient: UnsafePointer<Float>, tiling: WinogradTiling, count: Int,
        sum: WeightGradientSum, scratch: UnsafeMutablePointer<Float>
    ) {
        var call = ck_winograd_tn()
        call.x = images(source)
        call.top = Int32(geometry.padTop)
        call.left = Int32(geometry.padLeft)
        call.gradient = gradient
        call.height = Int32(geometry.outHeight)
        call.width = Int32(geometry.outWidth)
        call.outputs = Int32(geometry.outputs)
        call.images = Int32(count)
        call.down = Int32(tiling.down)
        call.across = Int32(tiling.across)
        call.w = sum.weight
        call.accumulate = sum.isFirst ? 0 : 1
        call.block = Int32(blockTiles)
        call.scratch = scratch
        isHalf ? kernels.halves.pointee.winograd_tn(&call) : kernels.table.pointee.winograd_tn(&call)
    }
}
