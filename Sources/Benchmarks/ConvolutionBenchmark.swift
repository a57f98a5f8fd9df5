import CKernels
import Compute
import Networks

/// The convolutions of a network, each shape once: forward, gradient by the input, gradient by the weights.
enum ConvolutionBenchmark {
    static func run(_ settings: BenchmarkSettings, pool: ThreadPool, report: (BenchmarkRow) -> Void) throws {
        for (_, graph) in try BenchmarkModels.graphs(settings, by: ["resnet20"]) {
            var seen: [ConvolutionGeometry] = []
            for geometry in graph.geometries where !seen.contains(geometry) {
                seen.append(geometry)
                Layer(geometry, settings: settings, pool: pool).measure(report: report)
            }
        }
    }

    private struct Layer {
        private let g: ConvolutionGeometry
        private let settings: BenchmarkSettings
        private let pool: ThreadPool
        private let convolution: Convolution
        private let x, y, dx, sums: FloatBuffer
        private let scratch: [FloatBuffer]

        init(_ geometry: ConvolutionGeometry, settings: BenchmarkSettings, pool: ThreadPool) {
            g = geometry
            self.settings = settings
            self.pool = pool
            let convolution = Convolution(
                geometry, maximumBatch: settings.batch, hasBias: false, training: true,
                precision: settings.networkPrecision)
            let weight = FloatBuffer.noise(geometry.weightCount, stream: 1)
            withExtendedLifetime(weight) { convolution.load(weight: weight.base, bias: nil) }
            self.convolution = convolution
            x = .noise(settings.batch * geometry.inputCount, stream: 2)
            y = .noise(settings.batch * geometry.outputCount, stream: 3)
            dx = FloatBuffer(count: settings.batch * geometry.inputCount)
            sums = FloatBuffer(count: pool.threads * convolution.gradientSumCount)
            scratch = (0..<pool.threads).map { _ in FloatBuffer(count: convolution.backwardScratchCount) }
        }

        func measure(report: (BenchmarkRow) -> Void) {
            let subject =
                "\(g.height)x\(g.width)x\(g.channels) -> \(g.outputs), \(g.kernelHeight)x\(g.kernelWidth)"
                + (g.stride > 1 ? "/\(g.stride)" : "") + (g.isDepthwise ? " depthwise" : "")
            let operations = 2 * Double(g.outHeight * g.outWidth * g.outputs * g.depth * settings.batch)
            let peak = PeakBenchmark.gflops(pool, settings.precision)
            for (part, pass) in [("forward", forward), ("dInput", dInput), ("dWeight", dWeight)] {
                let timing = Timing.of(seconds: settings.seconds) { byGroups(pass) }
                report(
                    BenchmarkRow(
                        "conv", "\(subject) \(part)", settings: settings, timing: timing, batch: settings.batch,
                        operations: operations, peak: peak))
            }
        }

        private func byGroups(_ pass: (Range<Int>, Int) -> Void) {
            let size = convolution.group
            pool.run((settings.batch + size - 1) / size) { group, thread in
                pass(group * size..<min((group + 1) * size, settings.batch), thread)
            }
        }

        private func forward(_ images: Range<Int>, _ thread: Int) {
            convolution.forward(
                Source(x.base + images.lowerBound * g.inputCount), count: images.count,
                y: y.base + images.lowerBound * g.outputCount, scratch: scratch[thread].base)
        }

        private func dInput(_ images: Range<Int>, _ thread: Int) {
            convolution.backward(
                GradientSource(y.base + images.lowerBound * g.outputCount),
                source: Source(x.base + images.lowerBound * g.inputCount), count: images.count, sum: nil,
                dx: dx.base + images.lowerBound * g.inputCount, accumulate: false, scratch: scratch[thread].base)
        }

        private func dWeight(_ images: Range<Int>, _ thread: Int) {
            convolution.backward(
                GradientSource(y.base + images.lowerBound * g.outputCount),
                source: Source(x.base + images.lowerBound * g.inputCount), count: images.count,
                sum: WeightGradientSum(
                    weight: sums.base + thread * convolution.gradientSumCount, bias: nil, isFirst: true),
                dx: nil, accumulate: false, scratch: scratch[thread].base)
        }
    }
}

extension Graph {
    /// Of the convolutions, in their order.
    fileprivate var geometries: [ConvolutionGeometry] {
        nodes.compactMap { node in
            guard case .convolution(let c) = node.operation else { return nil }
            let from = nodes[node.inputs[0]].shape
            return ConvolutionGeometry(
                height: from.height, width: from.width, channels: from.channels, outputs: c.outputs,
                kernelHeight: c.kernelHeight, kernelWidth: c.kernelWidth, stride: c.stride, padTop: c.padTop,
                padLeft: c.padLeft, padBottom: c.padBottom, padRight: c.padRight, groups: c.groups)
        }
    }
}
