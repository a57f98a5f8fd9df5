import CKernels

extension Convolution {
    /// y = act(bias + w * x) for `count` images of at most `group`, in one thread.
    ///
    /// - Parameters:
    ///   - source: the first image, H,W,C.
    ///   - y: the first image's output, OH,OW,O.
    ///   - sums: `nil`, or sum and sum of squares of each output channel (2 * padded O), added to; only without groups
    ///     or depthwise.
    ///   - scratch: `forwardScratchCount` floats of this thread.
    public func forward(
        _ source: Source, count: Int, y: UnsafeMutablePointer<Float>, activation: Activation = .none,
        sums: UnsafeMutablePointer<Float>? = nil, scratch: UnsafeMutablePointer<Float>
    ) {
        precondition(count <= group)
        if let tiling {
            winogradForward(
                source, tiling: tiling, count: count, y: y, activation: activation, sums: sums, scratch: scratch)
            return
        }
        let panel = inputPanel(source, count: count, scratch: scratch)
        let g = geometry
        let perGroup = g.outputs / g.groups
        var call = ck_gemm()
        call.rows = UnsafePointer(rows.base)
        call.outputs = UnsafePointer(outputs.base)
        call.m = Int32(count * forwardPlan.rows.count)
        call.activation = activation.rawValue
        call.sums = sums
        call.segments = Int32(forwardPlan.offsets.count)
        call.run = Int32(forwardPlan.run)
        call.offsets = UnsafePointer(offsets.base)
        if g.isDepthwise {
            call.a = panel
            call.b = UnsafePointer(packed.base)
            call.c = y
            call.n = Int32(g.channels)
            call.bias = bias.map { UnsafePointer($0.base) }
            kernels.table.pointee.depthwise(&call)
            return
        }
        precondition(sums == nil || g.groups == 1)
        if isHalf {
            call.a = narrow(panel, count: count * forwardPlan.panelCount, scratch: scratch + panelCount)
            call.b = UnsafePointer(pairs.base)
            call.c = y
            call.n = Int32(g.outputs)
            call.bias = bias.map { UnsafePointer($0.base) }
            kernels.halves.pointee.gemm(&call)
            return
        }
        for index in 0..<g.groups {
            call.a = panel + index * (g.channels / g.groups)
            call.b = UnsafePointer(packed.base + index * g.depth * kernels.padded(perGroup))
            call.c = y + index * perGroup
            call.n = Int32(perGroup)
            call.bias = bias.map { UnsafePointer($0.base + index * perGroup) }
            kernels.table.pointee.gemm(&call)
        }
    }

    /// The padded images, transformed: a copy in `scratch`, or the source itself where it needs neither.
    func inputPanel(
        _ source: Source, count: Int, scratch: UnsafeMutablePointer<Float>
    ) -> UnsafePointer<Float> {
        let g = geometry
        if source.isPlain && forwardPlan.panelCount == g.inputCount { return source.base }
        for image in 0..<count {
            let panel = scratch + image * forwardPlan.panelCount
            forwardPlan.clearBorder(panel, height: g.height, width: g.width)
            var call = ck_copy()
            call.source = source.base + image * g.inputCount
            call.panel = panel + forwardPlan.interior
            call.height = Int32(g.height)
            call.width = Int32(g.width)
            call.channels = Int32(g.channels)
            call.panelWidth = Int32(forwardPlan.panelWidth)
            call.scale = source.scale
            call.shift = source.shift
            call.activation = source.activation.rawValue
            kernels.table.pointee.copy(&call)
        }
        return UnsafePointer(scratch)
    }
}

extension ColumnPlan {
    /// Where the image's first pixel lies in the panel.
    var interior: Int { (top * panelWidth + left) * channels }

    /// Writes zeros around an image of the given size.
    func clearBorder(_ panel: UnsafeMutablePointer<Float>, height: Int, width: Int) {
        let row = panelWidth * channels
        if top > 0 { panel.update(repeating: 0, count: top * row) }
        let below = panelHeight - top - height
        if below > 0 { (panel + (top + height) * row).update(repeating: 0, count: below * row) }
        let before = left * channels
        let after = (panelWidth - left - width) * channels
        guard before + after > 0 else { return }
        for y in top..<top + height {
            let start = panel + y * row
            if before > 0 { start.update(repeating: 0, count: before) }
            if after > 0 { (start + row - after).update(repeating: 0, count: after) }
        }
    }
}
