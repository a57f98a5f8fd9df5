/// im2col as offsets: where in a panel each row of the column matrix starts, and which runs of it are its values.
///
/// A panel is one image with its border of zeros, in H,W,C. A row (an output pixel) has K values: `offsets.count` runs
/// of `run` contiguous floats each, a run being one tap's channels or, where memory allows, a line of taps.
struct ColumnPlan {
    /// Zeros around the image in the panel.
    var top = 0
    var left = 0
    var panelHeight = 0
    var panelWidth = 0
    var channels = 0
    /// Of each row in its image's panel.
    var rows: [Int32] = []
    /// Of each row's result in its image's output.
    var outputs: [Int32] = []
    /// Of each run from the row's start.
    var offsets: [Int32] = []
    var run = 0
    /// The kernel's taps (ky * KW + kx) in the order of the runs.
    var taps: [Int] = []

    var panelCount: Int { panelHeight * panelWidth * channels }

    /// Longest run: beyond it the packed weights of one step no longer fit the first-level cache.
    static let longestRun = 384

    /// The convolution itself: rows are output pixels, the panel is the padded input.
    static func forward(_ g: ConvolutionGeometry) -> ColumnPlan {
        var plan = ColumnPlan(
            top: g.padTop, left: g.padLeft, panelHeight: g.height + g.padTop + g.padBottom,
            panelWidth: g.width + g.padLeft + g.padRight, channels: g.channels)
        for y in 0..<g.outHeight {
            for x in 0..<g.outWidth {
                plan.rows.append(Int32((y * g.stride * plan.panelWidth + x * g.stride) * g.channels))
                plan.outputs.append(Int32((y * g.outWidth + x) * g.outputs))
            }
        }
        var positions: [TapPosition] = []
        for ky in 0..<g.kernelHeight {
            for kx in 0..<g.kernelWidth {
                positions.append(
                    TapPosition(tap: ky * g.kernelWidth + kx, y: ky * g.dilationHeight, x: kx * g.dilationWidth))
            }
        }
        plan.place(positions, geometry: g)
        return plan
    }

    /// The gradient by the input, a plan for each phase of the stride: rows are the input pixels of that phase, the
    /// panel is the padded gradient of the output. A phase that no tap reaches has no offsets.
    static func backward(_ g: ConvolutionGeometry) -> [ColumnPlan] {
        // Input pixel i = phase + stride * j meets tap k at output pixel j + (phase + pad - k) / stride, where whole.
        func shifts(_ phase: Int, _ pad: Int, _ kernel: Int) -> [(tap: Int, shift: Int)] {
            (0..<kernel).reversed().compactMap { k in
                let distance = phase + pad - k
                return distance % g.stride == 0 ? (k, distance / g.stride) : nil
            }
        }
        func border(_ size: Int, _ out: Int, _ pad: Int, _ kernel: Int) -> (before: Int, after: Int) {
            var before = 0
            var after = 0
            for phase in 0..<min(g.stride, size) {
                let count = (size - phase + g.stride - 1) / g.stride
                for (_, shift) in shifts(phase, pad, kernel) {
                    before = max(before, -shift)
                    after = max(after, count - 1 + shift - (out - 1))
                }
            }
            return (before, after)
        }
        let vertical = border(g.height, g.outHeight, g.padTop, g.kernelHeight)
        let horizontal = border(g.width, g.outWidth, g.padLeft, g.kernelWidth)
        var plans: [ColumnPlan] = []
        for phaseY in 0..<min(g.stride, g.height) {
            for phaseX in 0..<min(g.stride, g.width) {
                var plan = ColumnPlan(
                    top: vertical.before, left: horizontal.before,
                    panelHeight: g.outHeight + vertical.before + vertical.after,
                    panelWidth: g.outWidth + horizontal.before + horizontal.after, channels: g.outputs)
                for y in stride(from: phaseY, to: g.height, by: g.stride) {
                    for x in stride(from: phaseX, to: g.width, by: g.stride) {
                        let row = (y / g.stride + plan.top) * plan.panelWidth + x / g.stride + plan.left
                        plan.rows.append(Int32(row * g.outputs))
                        plan.outputs.append(Int32((y * g.width + x) * g.channels))
                    }
                }
                var positions: [TapPosition] = []
                for (ky, shiftY) in shifts(phaseY, g.padTop, g.kernelHeight) {
                    for (kx, shiftX) in shifts(phaseX, g.padLeft, g.kernelWidth) {
                        positions.append(TapPosition(tap: ky * g.kernelWidth + kx, y: shiftY, x: shiftX))
                    }
                }
                plan.place(positions, geometry: g)
                plans.append(plan)
            }
        }
        return plans
    }

    private struct TapPosition { var tap, y, x: Int }

    /// Turns taps at panel positions into runs. `positions` lies in rows of equal length, ascending.
    private mutating func place(_ positions: [TapPosition], geometry g: ConvolutionGeometry) {
        taps = positions.map(\.tap)
        let inner = channels / g.groups
        let starts = positions.map { Int32(($0.y * panelWidth + $0.x) * channels) }
        guard let first = positions.first, !g.isDepthwise else {
            offsets = starts
            run = 1
            return
        }
        let line = positions.prefix { $0.y == first.y }.count
        let contiguous = zip(positions, positions.dropFirst()).allSatisfy { $1.y != $0.y || $1.x == $0.x + 1 }
        if g.groups == 1 && contiguous && line * inner <= Self.longestRun {
            run = line * inner
            offsets = stride(from: 0, to: starts.count, by: line).map { starts[$0] }
            return
        }
        var pieces = (inner + Self.longestRun - 1) / Self.longestRun
        while inner % pieces != 0 { pieces += 1 }
        run = inner / pieces
        offsets = starts.flatMap { start in (0..<pieces).map { start + Int32($0 * run) } }
    }
}
