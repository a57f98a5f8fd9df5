import Compute
import Testing

/// Every instruction set that this machine has, against the definition of a convolution.
@Suite struct ConvolutionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let geometry: ConvolutionGeometry
        let images: Int
        var testDescription: String {
            let g = geometry
            return "\(images)x\(g.height)x\(g.width)x\(g.channels) -> \(g.outputs), \(g.kernelHeight)x\(g.kernelWidth)"
                + "/\(g.stride) groups \(g.groups)"
        }
    }

    static func square(
        _ size: Int, _ channels: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int? = nil,
        groups: Int = 1, images: Int = 2, width: Int? = nil
    ) -> Case {
        let pad = padding ?? kernel / 2
        return Case(
            geometry: ConvolutionGeometry(
                height: size, width: width ?? size, channels: channels, outputs: outputs, kernelHeight: kernel,
                kernelWidth: kernel, stride: stride, padTop: pad, padLeft: pad, padBottom: pad, padRight: pad,
                groups: groups), images: images)
    }

    static let cases: [Case] = {
        var cases: [Case] = []
        // Channel counts on both sides of every vector and tile width.
        for channels in [1, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 48, 65] {
            cases.append(square(5, channels, 16, kernel: 3))
            cases.append(square(5, 16, channels, kernel: 3))
            cases.append(square(4, channels, channels, kernel: 3, groups: channels, width: 5))
        }
        for kernel in [1, 2, 3, 5] {
            for stride in [1, 2, 3] {
                for padding in 0..<kernel {
                    cases.append(square(9, 5, 6, kernel: kernel, stride: stride, padding: padding, width: 11))
                    cases.append(
                        square(9, 6, 6, kernel: kernel, stride: stride, padding: padding, groups: 6, width: 8))
                }
            }
        }
        cases.append(square(6, 8, 12, kernel: 3, groups: 2))
        cases.append(square(6, 12, 20, kernel: 3, stride: 2, groups: 4))
        // Long runs are cut; a product of many steps; one pixel an image, as in a linear layer.
        cases.append(square(3, 400, 20, kernel: 3))
        cases.append(square(3, 130, 40, kernel: 3))
        cases.append(square(1, 900, 10, kernel: 1, images: 7))
        cases.append(square(8, 16, 16, kernel: 3, images: 5))
        // Winograd's tiles: whole and cut ones, several blocks and groups, every padding, one and two vectors.
        cases.append(square(32, 16, 16, kernel: 3, images: 3))
        cases.append(square(16, 32, 48, kernel: 3, images: 9))
        cases.append(square(8, 64, 32, kernel: 3, images: 33))
        for (channels, outputs) in [(8, 8), (24, 24), (16, 24), (40, 8), (56, 72)] {
            cases.append(square(8, channels, outputs, kernel: 3, images: 4))
        }
        for (height, width) in [(4, 4), (7, 9), (12, 10), (14, 6), (20, 17)] {
            for padding in 0...2 {
                cases.append(square(height, 32, 16, kernel: 3, padding: padding, images: 3, width: width))
            }
        }
        cases.append(
            Case(
                geometry: ConvolutionGeometry(
                    height: 6, width: 7, channels: 3, outputs: 5, kernelHeight: 3, kernelWidth: 2, stride: 2, padTop: 0,
                    padLeft: 1, padBottom: 1, padRight: 0, groups: 1), images: 3))
        return cases
    }()

    @Test(arguments: cases) func agreesWithItsDefinition(test: Case) {
        let g = test.geometry
        let x = noise(test.images * g.inputCount, stream: 1)
        let weight = noise(g.weightCount, stream: 2)
        let bias = noise(g.outputs, stream: 3)
        let dy = noise(test.images * g.outputCount, stream: 4)
        let reference = ReferenceConvolution(g: g)
        let y = reference.forward(x, weight: weight, bias: bias, images: test.images)
        let expected = reference.backward(x, weight: weight, dy: dy, images: test.images)
        let dBias = (0..<g.outputs).map { o in
            stride(from: o, to: dy.count, by: g.outputs).reduce(0.0) { $0 + Double(dy[$1]) }
        }
        for kernels in Kernels.available {
            let found = Run(g, images: test.images, x: x, weight: weight, bias: bias, dy: dy, kernels: kernels)
            #expect(largestDifference(found.y, y) < 2e-5 * Double(g.depth).squareRoot() + 1e-5, "\(kernels.isa) y")
            #expect(largestDifference(found.dx, expected.dx) < 1e-4, "\(kernels.isa) dx")
            #expect(largestDifference(found.dxTwice, expected.dx.map { 2 * $0 }) < 2e-4, "\(kernels.isa) dx added")
            #expect(largestDifference(found.dWeight, expected.dWeight) < 1e-4, "\(kernels.isa) dWeight")
            let values = Double(test.images * g.outHeight * g.outWidth)
            #expect(largestDifference(found.dBias, dBias) < 4e-6 * values.squareRoot() + 1e-5, "\(kernels.isa) dBias")
        }
    }

    @Test func sumsOfOutputsAreGatheredOnTheWay() {
        for kernels in Kernels.available {
            for channels in [5, 16, 33] {
                let g = Self.square(6, 4, channels, kernel: 3).geometry
                let x = noise(g.inputCount, stream: 5)
                let weight = noise(g.weightCount, stream: 6)
                let convolution = Convolution(g, maximumBatch: 1, hasBias: false, training: false, kernels: kernels)
                convolution.load(weight: weight, bias: nil)
                let y = FloatBuffer(count: g.outputCount)
                let scratch = FloatBuffer(count: convolution.forwardScratchCount)
                let half = kernels.padded(channels)
                let sums = FloatBuffer(count: 2 * half)
                x.withUnsafeBufferPointer {
                    convolution.forward(
                        Source($0.baseAddress!), count: 1, y: y.base, sums: sums.base, scratch: scratch.base)
                }
                for c in 0..<channels {
                    let values = stride(from: c, to: g.outputCount, by: channels).map { Double(y.base[$0]) }
                    #expect(abs(Double(sums.base[c]) - values.reduce(0, +)) < 1e-4)
                    #expect(abs(Double(sums.base[half + c]) - values.reduce(0) { $0 + $1 * $1 }) < 1e-3)
                }
            }
        }
    }
}

func largestDifference(_ found: [Float], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).map { abs(Double($0) - $1) }.max() ?? 0
}

/// One convolution forward and backward, in groups and chunks as a network does it.
struct Run {
    var y, dx, dxTwice, dWeight, dBias: [Float]

    init(
        _ g: ConvolutionGeometry, images: Int, x: [Float], weight: [Float], bias: [Float], dy: [Float],
        precision: Precision = .fp32, kernels: Kernels
    ) {
        let convolution = Convolution(
            g, maximumBatch: images, hasBias: true, training: true, precision: precision, kernels: kernels)
        convolution.load(weight: weight, bias: bias)
        let scratch = FloatBuffer(count: convolution.backwardScratchCount)
        let input = FloatBuffer(count: x.count)
        input.base.update(from: x, count: x.count)
        let gradient = FloatBuffer(count: dy.count)
        gradient.base.update(from: dy, count: dy.count)
        let out = FloatBuffer(count: dy.count)
        let dInput = FloatBuffer(count: x.count)
        let chunks = (images + convolution.group - 1) / convolution.group
        let size = convolution.gradientSumCount
        // Each sum is of two chunks, and begins with whatever lies there.
        let sumCount = (chunks + 1) / 2
        let sums = FloatBuffer(count: sumCount * size)
        sums.base.update(repeating: .nan, count: sums.count)
        let biasSums = FloatBuffer(count: sumCount * 2 * g.outputs)
        biasSums.base.update(repeating: .nan, count: biasSums.count)
        func pass(accumulate: Bool) {
            for chunk in 0..<chunks {
                let first = chunk * convolution.group
                let count = min(convolution.group, images - first)
                convolution.backward(
                    GradientSource(gradient.base + first * g.outputCount),
                    source: Source(input.base + first * g.inputCount),
                    count: count,
                    sum: WeightGradientSum(
                        weight: sums.base + chunk / 2 * size,
                        bias: accumulate ? nil : biasSums.base + chunk / 2 * 2 * g.outputs, isFirst: chunk % 2 == 0),
                    dx: dInput.base + first * g.inputCount, accumulate: accumulate, scratch: scratch.base)
            }
        }
        for first in stride(from: 0, to: images, by: convolution.group) {
            convolution.forward(
                Source(input.base + first * g.inputCount), count: min(convolution.group, images - first),
                y: out.base + first * g.outputCount, scratch: scratch.base)
        }
        pass(accumulate: false)
        var total = [Float](repeating: 0, count: g.weightCount)
        convolution.reduceGradient(
            sums.base, chunks: sumCount, chunkStride: size, to: &total, pool: ThreadPool(threads: 1))
        y = Array(UnsafeBufferPointer(start: out.base, count: out.count))
        dx = Array(UnsafeBufferPointer(start: dInput.base, count: dInput.count))
        dWeight = total
        dBias = (0..<g.outputs).map { output in
            (0..<sumCount).reduce(0) { $0 + biasSums.base[$1 * 2 * g.outputs + output] }
        }
        pass(accumulate: true)
        dxTwice = Array(UnsafeBufferPointer(start: dInput.base, count: dInput.count))
    }
}
