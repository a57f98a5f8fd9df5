import CKernels

/// Where a chunk of the backward pass leaves what it adds up.
public struct WeightGradientSum {
    /// `Convolution.gradientSumCount` floats.
    public var weight: UnsafeMutablePointer<Float>
    /// `nil`, or 2 * O floats of which the first O get the bias's gradient.
    public var bias: UnsafeMutablePointer<Float>?
    /// Whether the sums begin here, whatever lies there; otherwise they are added to.
    public var isFirst: Bool

    public init(weight: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>?, isFirst: Bool) {
        self.weight = weight
        self.bias = bias
        self.isFirst = isFirst
    }
}

extension Convolution {
    /// Floats of one chunk's sum of the weights' gradient.
    public var gradientSumCount: Int {
        if tiling != nil { return coefficientCount }
        return (geometry.isDepthwise ? 1 : geometry.groups) * geometry.depth * gradientStride
    }

    /// The gradients by weights and input for `count` images of at most `group`, in one thread.
    ///
    /// - Parameters:
    ///   - gradient: by the output, for the first image.
    ///   - source: the input of the forward pass.
    ///   - sum: `nil`, or gets the weights' gradient.
    ///   - dx: `nil`, or the gradient by the input (as the source gives it, its activation included).
    ///   - accumulate: whether dx is added to.
    ///   - scratch: `backwardScratchCount` floats of this thread.
    public func backward(
        _ gradient: GradientSource, source: Source, count: Int, sum: WeightGradientSum?,
        dx: UnsafeMutablePointer<Float>?, accumulate: Bool, scratch: UnsafeMutablePointer<Float>
    ) {
        precondition(count <= group)
        let output = gradientPanel(gradient, count: count, scratch: scratch + panelCount)
        let room = scratch + panelCount + gradientPanelCount
        if let sum {
            if let tiling {
                winogradWeightGradient(source, output, tiling: tiling, count: count, sum: sum, scratch: room)
            } else {
                if sum.isFirst { sum.weight.update(repeating: 0, count: gradientSumCount) }
                let input = inputPanel(source, count: count, scratch: scratch)
                weightGradient(input, output, count: count, sum: sum.weight)
            }
            if let bias = sum.bias {
                if sum.isFirst { bias.update(repeating: 0, count: 2 * geometry.outputs) }
                biasGradient(output, count: count, sum: bias)
            }
        }
        if let dx, let tiling {
            winogradInputGradient(
                output, tiling: tiling, count: count, dx: dx, accumulate: accumulate, scratch: room)
        } else if let dx {
            inputGradient(output, count: count, dx: dx, accumulate: accumulate, scratch: room)
        }
    }

    private func weightGradient(
        _ input: UnsafePointer<Float>, _ output: UnsafePointer<Float>, count: Int, sum: UnsafeMutablePointer<Float>
    ) {
        let g = geometry
        var product = ck_gemm_tn()
        product.rows = UnsafePointer(rows.base)
        product.gradients = UnsafePointer(gradientRows.base)
        product.offsets = UnsafePointer(offsets.base)
        product.segments = Int32(forwardPlan.offsets.count)
        product.run = Int32(forwardPlan.run)
        product.pixels = Int32(count * forwardPlan.rows.count)
        product.ldw = Int32(gradientStride)
        let perGroup = g.outputs / g.groups
        let inner = g.channels / g.groups
        if g.isDepthwise {
            product.a = input
            product.g = output
            product.n = Int32(g.channels)
            product.w = sum
            kernels.table.pointee.depthwise_tn(&product)
        } else {
            for index in 0..<g.groups {
                product.a = input + index * inner
                product.g = output + index * perGroup
                product.n = Int32(perGroup)
                product.w = sum + index * g.depth * gradientStride
                kernels.table.pointee.gemm_tn(&product)
            }
        }
    }

    /// Sums of the gradient by the output over the pixels.
    private func biasGradient(_ output: UnsafePointer<Float>, count: Int, sum: UnsafeMutablePointer<Float>) {
        let g = geometry
        let plan = backwardPlans[0]
        guard tiling == nil else {
            kernels.table.pointee.moments(output, Int64(count * g.outHeight * g.outWidth), Int32(g.outputs), sum)
            return
        }
        for image in 0..<count {
            for y in 0..<g.outHeight {
                let row = output + image * plan.panelCount + plan.interior + y * plan.panelWidth * g.outputs
                kernels.table.pointee.moments(row, Int64(g.outWidth), Int32(g.outputs), sum)
            }
        }
    }

    private func inputGradient(
        _ output: UnsafePointer<Float>, count: Int, dx: UnsafeMutablePointer<Float>, accumulate: Bool,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let g = geometry
        let halves = isHalf ? narrow(output, count: count * backwardPlans[0].panelCount, scratch: scratch) : nil
        // A 1x1 kernel with a stride, say, leaves input pixels that no output has read.
        if !accumulate && backwardPlans.contains(where: { $0.taps.isEmpty }) {
            dx.update(repeating: 0, count: count * g.inputCount)
        }
        let perGroup = g.outputs / g.groups
        let inner = g.channels / g.groups
        for (index, plan) in backwardPlans.enumerated() where !plan.taps.isEmpty {
            let tables = backwardTables[index]
            var call = ck_gemm()
            call.rows = UnsafePointer(tables.rows.base)
            call.outputs = UnsafePointer(tables.outputs.base)
            call.offsets = UnsafePointer(tables.offsets.base)
            call.segments = Int32(plan.offsets.count)
            call.run = Int32(plan.run)
            call.m = Int32(count * plan.rows.count)
            call.accumulate = accumulate ? 1 : 0
            if g.isDepthwise {
                call.a = output
                call.b = UnsafePointer(packedBackward[index].base)
                call.c = dx
                call.n = Int32(g.channels)
                kernels.table.pointee.depthwise(&call)
                continue
            }
            if let halves {
                call.a = halves
                call.b = UnsafePointer(pairsBackward[index].base)
                call.c = dx
                call.n = Int32(g.channels)
                kernels.halves.pointee.gemm(&call)
                continue
            }
            let size = plan.taps.count * perGroup * kernels.padded(inner)
            for part in 0..<g.groups {
                call.a = output + part * perGroup
                call.b = UnsafePointer(packedBackward[index].base + part * size)
                call.c = dx + part * inner
                call.n = Int32(inner)
                kernels.table.pointee.gemm(&call)
            }
        }
    }

    /// The gradient by the output, with the border that the gradient by the input needs where it is not of tiles.
    private func gradientPanel(
        _ source: GradientSource, count: Int, scratch: UnsafeMutablePointer<Float>
    ) -> UnsafePointer<Float> {
        let g = geometry
        let plan = backwardPlans[0]
        let isDense = tiling != nil || plan.panelCount == g.outputCount
        if source.norm == nil && isDense { return source.gradient }
        for image in 0..<count {
            let from = image * g.outputCount
            let panel = scratch + image * (isDense ? g.outputCount : plan.panelCount)
            if !isDense { plan.clearBorder(panel, height: g.outHeight, width: g.outWidth) }
            if let norm = source.norm {
                var call = ck_norm_gradient()
                call.gradient = source.gradient + from
                call.y = norm.y + from
                call.panel = isDense ? panel : panel + plan.interior
                call.height = Int32(g.outHeight)
                call.width = Int32(g.outWidth)
                call.channels = Int32(g.outputs)
                call.panelWidth = Int32(isDense ? g.outWidth : plan.panelWidth)
                call.scale = norm.scale
                call.shift = norm.shift
                call.activation = norm.activation.rawValue
                call.p = norm.p
                call.q = norm.q
                call.r = norm.r
                kernels.table.pointee.norm_gradient(&call)
            } else {
                var call = ck_copy()
                call.source = source.gradient + from
                call.panel = panel + plan.interior
                call.height = Int32(g.outHeight)
                call.width = Int32(g.outWidth)
                call.channels = Int32(g.outputs)
                call.panelWidth = Int32(plan.panelWidth)
                kernels.table.pointee.copy(&call)
            }
        }
        return UnsafePointer(scratch)
    }

    /// Adds up the chunks' sums in their order, to O,KH,KW,I.
    public func reduceGradient(
        _ parts: UnsafePointer<Float>, chunks: Int, chunkStride: Int, to weight: UnsafeMutablePointer<Float>,
        pool: ThreadPool
    ) {
        let g = geometry
        if tiling != nil {
            let rows = 8
            pool.run((g.channels + rows - 1) / rows) { task, _ in
                ck_winograd_reduce(
                    parts, Int32(chunks), Int64(chunkStride), Int32(g.channels), Int32(g.outputs),
                    Int32(gradientStride), Int32(task * rows), Int32(min((task + 1) * rows, g.channels)), weight)
            }
            return
        }
        let groups = g.isDepthwise ? 1 : g.groups
        let perGroup = g.isDepthwise ? g.channels : g.outputs / groups
        let rows = max(1, (1 << 14) / (chunks * gradientStride))
        pool.run((g.depth + rows - 1) / rows) { task, _ in
            for index in 0..<groups {
                ck_reduce_weights(
                    parts + index * g.depth * gradientStride, Int32(chunks), Int64(chunkStride), Int32(g.depth),
                    Int32(task * rows), Int32(min((task + 1) * rows, g.depth)), Int32(perGroup),
                    Int32(gradientStride), weight + index * perGroup * g.depth)
            }
        }
    }
}
