import CKernels
import Compute
import Testing

/// Products of bfloat16 values, on every instruction set that this machine has.
@Suite struct HalfPrecisionTests {
    /// To nearest, ties to even, with the arithmetic of the definition: 8 bits of mantissa.
    private static func rounded(_ x: Float) -> Float {
        guard x != 0, x.isFinite else { return x }
        let unit = x.ulp * 65_536
        return (x / unit).rounded(.toNearestOrEven) * unit
    }

    @Test func roundingIsToNearestEven() {
        let values: [Float] = [
            0, -0, 1, 1.00390625, 1.01171875, -1.00390625, 1.0039063, 3.3895314e38, -2.5e-38, .infinity, -.infinity,
        ]
        for kernels in Kernels.available {
            for padding in [0, 1, 5, 21] {
                let all = values + noise(padding, stream: 30)
                var halves = [UInt16](repeating: 0, count: all.count)
                kernels.halves.pointee.narrow(all, &halves, Int64(all.count))
                for (value, half) in zip(all, halves) {
                    #expect(Float(bitPattern: UInt32(half) << 16) == Self.rounded(value), "\(kernels.isa) \(value)")
                }
            }
            var half: UInt16 = 0
            kernels.halves.pointee.narrow([Float.nan], &half, 1)
            #expect(Float(bitPattern: UInt32(half) << 16).isNaN, "\(kernels.isa)")
        }
    }

    /// By the definition: exactly the products of rounded operands, within what single precision loses in their sum.
    @Test(arguments: ConvolutionTests.cases.filter { $0.geometry.groups == 1 })
    func operandsAreRounded(test: ConvolutionTests.Case) {
        let g = test.geometry
        let x = noise(test.images * g.inputCount, stream: 1)
        let weight = noise(g.weightCount, stream: 2)
        let bias = noise(g.outputs, stream: 3)
        let dy = noise(test.images * g.outputCount, stream: 4)
        let isPixel = g.outHeight * g.outWidth == 1
        let reference = ReferenceConvolution(g: g)
        for kernels in Kernels.available {
            let found = Run(
                g, images: test.images, x: x, weight: weight, bias: bias, dy: dy, precision: .bf16, kernels: kernels)
            let isWinograd = Convolution(g, maximumBatch: 1, hasBias: false, training: false, kernels: kernels)
                .usesWinograd
            let value: (Float) -> Float = isPixel || isWinograd ? { $0 } : { Self.rounded($0) }
            let (w, input, output) = (weight.map(value), x.map(value), dy.map(value))
            let y = reference.forward(input, weight: w, bias: bias, images: test.images)
            let dx = reference.backward(input, weight: w, dy: output, images: test.images).dx
            let dWeight = reference.backward(x, weight: weight, dy: dy, images: test.images).dWeight
            guard isWinograd else {
                #expect(largestDifference(found.y, y) < 2e-5 * Double(g.depth).squareRoot() + 1e-5, "\(kernels.isa) y")
                #expect(largestDifference(found.dx, dx) < 1e-4, "\(kernels.isa) dx")
                #expect(largestDifference(found.dWeight, dWeight) < 1e-4, "\(kernels.isa) dWeight")
                continue
            }
            // Coefficients are rounded, not values: in parts of the result's own size.
            for (name, found, expected) in [
                ("y", found.y, y), ("dx", found.dx, dx), ("dWeight", found.dWeight, dWeight),
            ] {
                let error = Self.relativeError(found, expected)
                #expect(1e-4 < error && error < 2e-2, "\(kernels.isa) \(name): \(error)")
            }
            let twice = Self.relativeError(found.dxTwice, dx.map { 2 * $0 })
            #expect(twice < 2e-2, "\(kernels.isa) dx added: \(twice)")
        }
    }

    /// √(mean square of the differences / mean square of what is expected)
    private static func relativeError(_ found: [Float], _ expected: [Double]) -> Double {
        let wrong = zip(found, expected).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
        return (wrong / expected.reduce(0) { $0 + $1 * $1 }).squareRoot()
    }

    /// Vector bodies do what their scalar twin does, with the order of sums and the rounding of coefficients between
    /// them: on the same operands, far closer to it than rounded operands are to exact ones.
    @Test(arguments: [(8, 8, 3), (16, 24, 5), (32, 16, 4), (40, 72, 1)])
    func vectorsAgreeWithTheirTwin(channels: Int, outputs: Int, images: Int) throws {
        let g = ConvolutionTests.square(12, channels, outputs, kernel: 3, images: images).geometry
        let x = noise(images * g.inputCount, stream: 1)
        let weight = noise(g.weightCount, stream: 2)
        let bias = noise(g.outputs, stream: 3)
        let dy = noise(images * g.outputCount, stream: 4)
        func run(_ kernels: Kernels) -> Run {
            Run(g, images: images, x: x, weight: weight, bias: bias, dy: dy, precision: .bf16, kernels: kernels)
        }
        let twin = run(try #require(Kernels(named: "scalar")))
        for kernels in Kernels.available where kernels.isa != "scalar" {
            let found = run(kernels)
            for (name, found, expected) in [
                ("y", found.y, twin.y), ("dx", found.dx, twin.dx), ("dWeight", found.dWeight, twin.dWeight),
            ] {
                // Coefficients that lie between two bfloat16 values may be rounded to either: few do.
                let error = Self.relativeError(found, expected.map(Double.init))
                #expect(error < 5e-4, "\(kernels.isa) \(name): \(error)")
            }
        }
    }
}
