import CKernels

/// Forward and backward of one convolution (or linear layer: a 1x1 image) on the blocked product with im2col fused, or,
/// where that is less work, on Winograd's algorithm.
///
/// Work is cut by images, never by threads: a group of images is packed into one panel, and one task of the backward
/// pass is a fixed chunk of groups with its own sum of the weights' gradient. So results do not depend on the number
/// of threads. Offsets, packed weights and panels are made once.
public final class Convolution: @unchecked Sendable {
    public let geometry: ConvolutionGeometry
    let kernels: Kernels
    /// `nil`: by the definition.
    let tiling: WinogradTiling?
    /// Whether products are of bfloat16 values.
    let isHalf: Bool
    let forwardPlan: ColumnPlan
    let backwardPlans: [ColumnPlan]
    /// Images whose pixels make one product.
    public let group: Int

    // Offsets for a group of images.
    let rows, outputs, offsets: IndexTable
    let gradientRows: IndexTable
    /// Where the weights of each plan's taps begin, of one output.
    let taps: IndexTable
    let backwardTaps: [IndexTable]
    let backwardTables: [(rows: IndexTable, outputs: IndexTable, offsets: IndexTable)]

    // Weights as the products read them.
    let packed: FloatBuffer
    let packedBackward: [FloatBuffer]
    /// Where `isHalf`, the same in pairs; else empty.
    let pairs: FloatBuffer
    let pairsBackward: [FloatBuffer]
    let bias: FloatBuffer?

    /// Floats from one row of a weights' gradient to the next.
    let gradientStride: Int

    /// - Parameters:
    ///   - maximumBatch: bounds the group of images.
    ///   - hasBias: whether `load` is given a bias.
    ///   - training: whether `backward` will be called, and with a gradient by the input.
    public init(
        _ geometry: ConvolutionGeometry, maximumBatch: Int, hasBias: Bool, training: Bool,
        precision: Precision = .fp32, kernels: Kernels = .standard
    ) {
        precondition(!training || (geometry.dilationHeight == 1 && geometry.dilationWidth == 1))
        self.geometry = geometry
        self.kernels = kernels
        let tiling = WinogradTiling(geometry)
        self.tiling = tiling
        isHalf = precision == .bf16 && geometry.groups == 1 && geometry.outHeight * geometry.outWidth > 1
        let pixels = geometry.outHeight * geometry.outWidth
        // Tasks enough for many threads, where a batch is trained; in evaluation a batch is cut before.
        let share = training ? max(1, maximumBatch / 8) : maximumBatch
        group = tiling == nil ? min(maximumBatch, max(1, 256 / pixels)) : min(share, max(1, 512 / pixels))
        let plan = ColumnPlan.forward(geometry)
        forwardPlan = plan
        rows = IndexTable(plan.rows, images: group, step: plan.panelCount)
        outputs = IndexTable(plan.outputs, images: group, step: geometry.outputCount)
        offsets = IndexTable(plan.offsets)
        backwardPlans = training ? ColumnPlan.backward(geometry) : []
        let inner = geometry.channels / geometry.groups
        taps = IndexTable(plan.taps.map { Int32($0 * inner) })
        backwardTaps = backwardPlans.map { IndexTable($0.taps.map { Int32($0 * inner) }) }
        let images = group
        backwardTables = backwardPlans.map {
            (
                IndexTable($0.rows, images: images, step: $0.panelCount),
                IndexTable($0.outputs, images: images, step: geometry.inputCount), IndexTable($0.offsets)
            )
        }
        var gradientOffsets: [Int32] = []
        if let back = backwardPlans.first {
            for y in 0..<geometry.outHeight {
                for x in 0..<geometry.outWidth {
                    gradientOffsets.append(Int32(((y + back.top) * back.panelWidth + x + back.left) * back.channels))
                }
            }
        }
        gradientRows = IndexTable(gradientOffsets, images: images, step: backwardPlans.first?.panelCount ?? 0)

        let perGroup = geometry.outputs / geometry.groups
        if tiling != nil {
            let (channels, outputs) = (geometry.channels, geometry.outputs)
            packed = FloatBuffer(count: 36 * channels * kernels.padded(outputs))
            packedBackward = training ? [FloatBuffer(count: 36 * outputs * kernels.padded(channels))] : []
            gradientStride = kernels.padded(outputs)
        } else if geometry.isDepthwise {
            packed = FloatBuffer(count: geometry.weightCount)
            packedBackward = backwardPlans.map { FloatBuffer(count: $0.taps.count * geometry.channels) }
            gradientStride = kernels.padded(geometry.channels)
        } else {
            packed = FloatBuffer(count: geometry.groups * geometry.depth * kernels.padded(perGroup))
            packedBackward = backwardPlans.map {
                FloatBuffer(count: geometry.groups * $0.taps.count * perGroup * kernels.padded(inner))
            }
            gradientStride = kernels.padded(perGroup)
        }
        let isHalf = isHalf
        pairs = FloatBuffer(count: isHalf ? plan.pairCount(packed.count, in: tiling) : 0)
        pairsBackward = zip(backwardPlans, packedBackward).map { plan, packed in
            FloatBuffer(count: isHalf ? plan.pairCount(packed.count, in: tiling) : 0)
        }
        bias = hasBias ? FloatBuffer(count: kernels.padded(geometry.outputs) + kernels.vector) : nil
    }

    /// Whether products are of Winograd's coefficients.
    public var usesWinograd: Bool { tiling != nil }

    /// Floats of the group's input panels, rounded up to whole cache lines.
    var panelCount: Int { tiling == nil ? (group * forwardPlan.panelCount + 31) / 16 * 16 : 0 }
    /// Floats of the group's panels of the gradient; tiles are read without a border.
    var gradientPanelCount: Int {
        let one = tiling == nil ? backwardPlans.first?.panelCount ?? 0 : geometry.outputCount
        return (group * one + 31) / 16 * 16
    }
    /// Floats of scratch memory that one thread needs for `forward`.
    public var forwardScratchCount: Int { panelCount + max(winogradScratchCount, narrowCount(panelCount)) }
    /// Floats of scratch memory that one thread needs for `forward` and `backward` in turns.
    public var backwardScratchCount: Int {
        let room = max(winogradScratchCount, narrowCount(gradientPanelCount))
        return max(forwardScratchCount, panelCount + gradientPanelCount + room)
    }

    /// Packs new weights (O,KH,KW,I, and a bias of O).
    public func load(weight: UnsafePointer<Float>, bias newBias: UnsafePointer<Float>?) {
        let g = geometry
        if let bias, let newBias { bias.base.update(from: newBias, count: g.outputs) }
        if tiling != nil {
            loadCoefficients(weight)
            if isHalf { packPairs() }
            return
        }
        if g.isDepthwise {
            transpose(weight, taps: forwardPlan.taps, to: packed.base)
            for (plan, target) in zip(backwardPlans, packedBackward) {
                transpose(weight, taps: plan.taps, to: target.base)
            }
            return
        }
        let perGroup = g.outputs / g.groups
        let inner = g.channels / g.groups
        for index in 0..<g.groups {
            let from = weight + index * perGroup * g.depth
            pack(
                from, taps: taps, inner: inner, innerStride: 1, columns: perGroup, columnStride: g.depth,
                to: packed.base + index * g.depth * kernels.padded(perGroup))
            for (taps, target) in zip(backwardTaps, packedBackward) where taps.count > 0 {
                let size = taps.count * perGroup * kernels.padded(inner)
                pack(
                    from, taps: taps, inner: perGroup, innerStride: g.depth, columns: inner, columnStride: 1,
                    to: target.base + index * size)
            }
        }
        if isHalf { packPairs() }
    }

    private func pack(
        _ source: UnsafePointer<Float>, taps: IndexTable, inner: Int, innerStride: Int, columns: Int,
        columnStride: Int, to target: UnsafeMutablePointer<Float>
    ) {
        ck_pack_b(
            kernels.table, target, source, taps.base, Int32(taps.count), Int32(inner), Int64(innerStride),
            Int32(columns), Int64(columnStride))
    }

    private func transpose(_ weight: UnsafePointer<Float>, taps: [Int], to target: UnsafeMutablePointer<Float>) {
        let channels = geometry.channels
        for (row, tap) in taps.enumerated() {
            for channel in 0..<channels { target[row * channels + channel] = weight[channel * geometry.taps + tap] }
        }
    }
}
