import CKernels
import Compute
import Networks

/// Where the values of a quantized network lie in memory: each in a panel with the border that its readers' padding needs,
/// into which the step before writes directly, so that nothing is copied.
struct IntegerPanel: Equatable {
    let shape: Graph.Shape
    /// Rounded up to a multiple of 4: the kernels read four values at once. Weights of the rest are zero.
    let channels: Int
    var top = 0
    var left = 0
    var bottom = 0
    var right = 0
    /// Fills the border.
    let zero: UInt8

    init(_ value: QuantizedNetwork.Value) {
        shape = value.shape
        channels = (value.shape.channels + 3) / 4 * 4
        zero = value.zero
    }

    var width: Int { left + shape.width + right }
    var rowBytes: Int { width * channels }
    var bytes: Int { (top + shape.height + bottom) * rowBytes }
    /// Of a pixel, which may lie in the border.
    func offset(_ y: Int, _ x: Int) -> Int { ((y + top) * width + x + left) * channels }
}

/// One or more kernel calls of the same kind with their tables, for a group of images.
final class IntegerCall: @unchecked Sendable {
    let isDepthwise: Bool
    let rows, outputs, offsets: IndexTable
    /// Rows of one image; the tables go on with the next.
    let rowsPerImage: Int
    let run: Int
    private let b: UnsafeMutablePointer<Int8>
    private let scale: FloatBuffer
    private let bias: IndexTable
    private let columns: Int
    private let zero: Int32

    /// - Parameters:
    ///   - weight: of `offsets.count` taps, as the kernel's `b` before packing: K x columns, or taps x columns.
    init(
        isDepthwise: Bool, rows: [Int], outputs: [Int], offsets: [Int], run: Int, images: Int, from: IntegerPanel,
        to: IntegerPanel, columns: Int, weight: [Int8], scale: [Float], bias: [Int32]
    ) {
        self.isDepthwise = isDepthwise
        self.run = run
        self.columns = columns
        zero = Int32(to.zero)
        rowsPerImage = rows.count
        self.rows = IndexTable(rows.map(Int32.init), images: images, step: from.bytes)
        self.outputs = IndexTable(outputs.map(Int32.init), images: images, step: to.bytes)
        self.offsets = IndexTable(offsets.map(Int32.init))
        let depth = offsets.count * run
        if isDepthwise {
            precondition(weight.count == offsets.count * columns)
            b = .allocate(capacity: weight.count)
            b.initialize(from: weight, count: weight.count)
        } else {
            precondition(weight.count == depth * columns && depth <= IntegerProduct.largestDepth)
            let tile = Int(CK_S8_TILE)
            b = .allocate(capacity: depth * ((columns + tile - 1) / tile * tile))
            ck_s8_pack_b(b, weight, Int32(depth), Int64(columns), Int32(columns), 1)
        }
        self.scale = FloatBuffer(count: columns)
        for (i, value) in scale.enumerated() { self.scale.base[i] = value }
        self.bias = IndexTable(bias)
    }

    deinit { b.deallocate() }

    func perform(
        _ kernels: IntegerKernels, _ x: UnsafePointer<UInt8>, _ y: UnsafeMutablePointer<UInt8>, images: Int
    ) {
        var call = ck_s8_gemm()
        call.a = x
        call.rows = UnsafePointer(rows.base)
        call.outputs = UnsafePointer(outputs.base)
        call.m = Int32(images * rowsPerImage)
        call.offsets = UnsafePointer(offsets.base)
        call.segments = Int32(offsets.count)
        call.run = Int32(run)
        call.b = UnsafePointer(b)
        call.n = Int32(columns)
        call.q = y
        call.scale = UnsafePointer(scale.base)
        call.bias = UnsafePointer(bias.base)
        call.zero = zero
        if isDepthwise { kernels.table.pointee.depthwise(&call) } else { kernels.table.pointee.gemm(&call) }
    }
}

/// A quantized network as kernel calls over slots of memory that panels of one kind take in turn.
struct IntegerPlan {
    enum Step {
        case calls([IntegerCall], from: Int, to: Int)
        case add(QuantizedNetwork.Sum, Int, Int, to: Int)
        case maxPool(Graph.Pool, from: Int, to: Int)
        case table([UInt8], from: Int, to: Int)
    }

    let panels: [IntegerPanel]
    /// Of each value.
    private(set) var slotOf: [Int]
    private(set) var slots: [IntegerPanel] = []
    private(set) var steps: [Step] = []
    /// Images that go through all steps together, in one thread.
    let group: Int

    init(_ network: QuantizedNetwork, maximumBatch: Int) {
        var panels = network.values.map { IntegerPanel($0) }
        for step in network.steps {
            guard let x = step.inputs.first else { continue }
            var pads = [0, 0, 0, 0]
            switch step.operation {
            case .convolution(let weights):
                let g = weights.geometry
                pads = [g.padTop, g.padLeft, g.padBottom, g.padRight]
            case .averagePool(let pool): pads = [Int](repeating: pool.padding, count: 4)
            default: break
            }
            panels[x].top = max(panels[x].top, pads[0])
            panels[x].left = max(panels[x].left, pads[1])
            panels[x].bottom = max(panels[x].bottom, pads[2])
            panels[x].right = max(panels[x].right, pads[3])
        }
        self.panels = panels
        group = Self.group(of: network, maximumBatch: maximumBatch)
        slotOf = Array(repeating: 0, count: panels.count)
        place(network)
        for step in network.steps { steps.append(compile(step, of: network)) }
    }

    /// More than one image where a product of one alone is too small for the weights that it reads.
    private static func group(of network: QuantizedNetwork, maximumBatch: Int) -> Int {
        let wanted = network.steps.map { step in
            guard case .convolution(let weights) = step.operation, weights.weight.count > 1 << 17 else { return 1 }
            return 256 / (weights.geometry.outHeight * weights.geometry.outWidth)
        }
        return max(1, min(wanted.max() ?? 1, maximumBatch / 8, 8))
    }

    /// A slot for each value; the next panel of the same kind takes it when the value has been read for the last time.
    private mutating func place(_ network: QuantizedNetwork) {
        var lastRead = Array(repeating: -1, count: panels.count)
        for (index, step) in network.steps.enumerated() { for input in step.inputs { lastRead[input] = index } }
        lastRead[network.steps[network.steps.count - 1].output] = network.steps.count
        var free: [Int] = []
        slots.append(panels[0])
        for (index, step) in network.steps.enumerated() {
            if let at = free.lastIndex(where: { slots[$0] == panels[step.output] }) {
                slotOf[step.output] = free.remove(at: at)
            } else {
                slots.append(panels[step.output])
                slotOf[step.output] = slots.count - 1
            }
            for input in Set(step.inputs) where lastRead[input] == index { free.append(slotOf[input]) }
        }
    }

    private func compile(_ step: QuantizedNetwork.Step, of network: QuantizedNetwork) -> Step {
        let source = step.inputs[0]
        let (from, to) = (panels[source], panels[step.output])
        let (x, y) = (slotOf[source], slotOf[step.output])
        let zero = Int32(from.zero)
        switch step.operation {
        case .convolution(let weights):
            let multipliers = network.multipliers(weights, of: step)
            return .calls([convolution(weights, multipliers, from: from, to: to)], from: x, to: y)
        case .add:
            return .add(network.sum(step), x, slotOf[step.inputs[1]], to: y)
        case .maxPool(let pool):
            return .maxPool(pool, from: x, to: y)
        case .globalAveragePool:
            let count = from.shape.height * from.shape.width
            let taps = (0..<from.shape.height).flatMap { i in
                (0..<from.shape.width).map { from.offset(i, $0) - from.offset(0, 0) }
            }
            let call = averages(
                rows: [from.offset(0, 0)], outputs: [to.offset(0, 0)], taps: taps, from: from, to: to,
                multiplier: network.multiplier(averaging: count, in: step), bias: -zero * Int32(count))
            return .calls([call], from: x, to: y)
        case .averagePool(let pool):
            return .calls(averagePool(pool, step, of: network), from: x, to: y)
        case .pointwise(let activation):
            return .table(network.table(activation, of: step), from: x, to: y)
        }
    }

    private func convolution(
        _ weights: QuantizedNetwork.Weights, _ multipliers: [Float], from: IntegerPanel, to: IntegerPanel
    ) -> IntegerCall {
        let g = weights.geometry
        let inner = g.channels / g.groups
        let perGroup = g.outputs / g.groups
        var rows: [Int] = []
        var outputs: [Int] = []
        for i in 0..<g.outHeight {
            for j in 0..<g.outWidth {
                rows.append(from.offset(i * g.stride - g.padTop, j * g.stride - g.padLeft))
                outputs.append(to.offset(i, j))
            }
        }
        // The zero of the input is taken off all at once.
        let bias = (0..<g.outputs).map { o in
            let sum = weights.weight[o * g.depth..<(o + 1) * g.depth].reduce(Int32(0)) { $0 + Int32($1) }
            return weights.bias[o] - Int32(from.zero) * sum
        }
        if g.isDepthwise {
            let taps = (0..<g.kernelHeight).flatMap { i in
                (0..<g.kernelWidth).map { i * from.rowBytes + $0 * from.channels }
            }
            var b = [Int8](repeating: 0, count: weights.weight.count)
            for tap in 0..<g.taps {
                for c in 0..<g.channels { b[tap * g.channels + c] = weights.weight[c * g.taps + tap] }
            }
            return IntegerCall(
                isDepthwise: true, rows: rows, outputs: outputs, offsets: taps, run: 1, images: group, from: from,
                to: to, columns: g.channels, weight: b, scale: multipliers, bias: bias)
        }
        // A run is a line of taps. Grouped convolutions have zeros for what they do not read.
        let run = g.kernelWidth * from.channels
        var b = [Int8](repeating: 0, count: g.kernelHeight * run * g.outputs)
        for o in 0..<g.outputs {
            for tap in 0..<g.taps {
                for c in 0..<inner {
                    let k = tap * from.channels + o / perGroup * inner + c
                    b[k * g.outputs + o] = weights.weight[(o * g.taps + tap) * inner + c]
                }
            }
        }
        return IntegerCall(
            isDepthwise: false, rows: rows, outputs: outputs, offsets: (0..<g.kernelHeight).map { $0 * from.rowBytes },
            run: run, images: group, from: from, to: to, columns: g.outputs, weight: b, scale: multipliers, bias: bias)
    }

    /// Sums of pixels, by weights of 1.
    private func averages(
        rows: [Int], outputs: [Int], taps: [Int], from: IntegerPanel, to: IntegerPanel, multiplier: Float, bias: Int32
    ) -> IntegerCall {
        let columns = from.shape.channels
        return IntegerCall(
            isDepthwise: true, rows: rows, outputs: outputs, offsets: taps, run: 1, images: group, from: from, to: to,
            columns: columns, weight: [Int8](repeating: 1, count: taps.count * columns),
            scale: [Float](repeating: multiplier, count: columns), bias: [Int32](repeating: bias, count: columns))
    }

    /// A call for each number of pixels that windows hold: those in the border are zero and do not count.
    private func averagePool(
        _ pool: Graph.Pool, _ step: QuantizedNetwork.Step, of network: QuantizedNetwork
    ) -> [IntegerCall] {
        let (from, to) = (panels[step.inputs[0]], panels[step.output])
        func count(_ at: Int, _ size: Int) -> Int {
            min(at * pool.stride - pool.padding + pool.size, size) - max(at * pool.stride - pool.padding, 0)
        }
        var pixels: [Int: [(Int, Int)]] = [:]
        for i in 0..<to.shape.height {
            for j in 0..<to.shape.width {
                pixels[count(i, from.shape.height) * count(j, from.shape.width), default: []].append((i, j))
            }
        }
        let taps = (0..<pool.size).flatMap { i in
            (0..<pool.size).map { i * from.rowBytes + $0 * from.channels }
        }
        return pixels.sorted { $0.key < $1.key }.map { count, pixels in
            averages(
                rows: pixels.map { from.offset($0 * pool.stride - pool.padding, $1 * pool.stride - pool.padding) },
                outputs: pixels.map { to.offset($0, $1) }, taps: taps, from: from, to: to,
                multiplier: network.multiplier(averaging: count, in: step),
                bias: -Int32(from.zero) * Int32(pool.size * pool.size))
        }
    }
}
