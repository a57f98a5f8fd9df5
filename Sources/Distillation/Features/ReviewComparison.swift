import Compute
import Manifests
import Networks

#if canImport(Glibc)
    import Glibc
#endif

/// `reviewkd` (Chen, Liu, Zhao and Jia 2021, "Distilling knowledge via knowledge review"): every stage of the student,
/// fused with all that follow it, is compared with the teacher's stage by `HierarchicalContext`. From the last stage to
/// the first, with x the student's activations and f the fusion of the stage behind (attention-based fusion, ABF):
///
///     x' = norm(1x1 convolution of x)                                    to `middle` channels
///     a, b = sigmoid(1x1 convolution of [x', f])                         f at the size of x', pixels repeated
///     fusion = a x' + b f                                                of the last stage x' alone
///     what is compared = norm(3x3 convolution of fusion)                 to the teacher's channels
///
/// The paper scales a fusion to the teacher's size before the 3x3 convolution; here the teacher's activations are
/// brought to the student's size, as for every method.
final class ReviewComparison: LearnedComparison {
    /// A stage of the student, with what it learns.
    private struct Stage {
        let term: FeaturePlan.Term
        let bridge: PixelBridge
        let enter, leave: Head
        /// `nil`: of the last stage.
        let attend: Head?
        /// N,H,W,`middle`: the fusion, and its gradient.
        let fusion, dFusion: FloatBuffer
        /// N,H,W,2 `middle`.
        let pair: FloatBuffer
        var shape: Graph.Shape { enter.network.graph.nodes[enter.network.graph.nodes.count - 1].shape }
    }

    /// From the last to the first.
    private let stages: [Stage]
    private let middle: Int
    private let pool: ThreadPool

    /// - Parameters:
    ///   - terms: pairs of stages, from the first to the last.
    ///   - seed: of its own.
    init(_ terms: [FeaturePlan.Term], batch: Int, training: TrainingSpec, seed: UInt64, pool: ThreadPool) {
        precondition(!terms.isEmpty)
        self.pool = pool
        let middle = min(512, terms[terms.count - 1].studentShape.channels)
        self.middle = middle
        stages = terms.reversed().enumerated().map { place, term in
            let from = term.studentShape
            let inside = Graph.Shape(height: from.height, width: from.width, channels: middle)
            let both = Graph.Shape(height: from.height, width: from.width, channels: 2 * middle)
            func head(
                _ part: Int, _ shape: Graph.Shape, _ build: (inout GraphBuilder) throws(ShapeError) -> Void
            ) -> Head {
                Head(
                    from: shape, batch: batch, training: training, seed: seed &+ UInt64(3 * place + part), pool: pool,
                    build: build)
            }
            let enter = head(0, from) { builder throws(ShapeError) in
                let node = try builder.convolution(builder.input, "enter", outputs: middle, kernel: 1)
                try builder.batchNorm(node, "enter.norm")
            }
            let leave = head(1, inside) { builder throws(ShapeError) in
                let node = try builder.convolution(
                    builder.input, "leave", outputs: term.teacherShape.channels, kernel: 3)
                try builder.batchNorm(node, "leave.norm")
            }
            let attend =
                place == 0
                ? nil
                : head(2, both) { builder throws(ShapeError) in
                    try builder.convolution(builder.input, "attend", outputs: 2, kernel: 1, bias: true)
                }
            return Stage(
                term: term, bridge: PixelBridge(from: term.teacherShape, to: from, batch: batch), enter: enter,
                leave: leave, attend: attend, fusion: FloatBuffer(count: batch * inside.count),
                dFusion: FloatBuffer(count: batch * inside.count),
                pair: FloatBuffer(count: attend == nil ? 0 : batch * both.count))
        }
    }

    var heads: [Head] { stages.flatMap { [$0.enter, $0.leave] + ($0.attend.map { [$0] } ?? []) } }

    func evaluate(
        _ taps: [TrainingNetwork.Tap], teacher: (_ tap: Int) -> UnsafePointer<Float>, labels: UnsafePointer<Int32>,
        count: Int
    ) -> Double {
        for (place, stage) in stages.enumerated() {
            fuse(stage, taps[stage.term.studentTap], behind: place == 0 ? nil : stages[place - 1], count: count)
        }
        var loss = 0.0
        for stage in stages { loss += compare(stage, teacher(stage.term.teacherTap), count: count) }
        // The other way round: a fusion's gradient is complete once those before it have passed theirs on.
        for (place, stage) in stages.enumerated().reversed() {
            passBack(stage, taps[stage.term.studentTap], behind: place == 0 ? nil : stages[place - 1], count: count)
        }
        return loss
    }

    private func fuse(_ stage: Stage, _ tap: TrainingNetwork.Tap, behind: Stage?, count: Int) {
        let (shape, middle) = (stage.shape, middle)
        let x = stage.enter.forward(tap.values, count: count)
        guard let behind, let attend = stage.attend else {
            return stage.fusion.base.update(from: x, count: count * shape.count)
        }
        let pixels = shape.height * shape.width
        pool.run(count) { image, _ in
            for pixel in 0..<pixels {
                let target = stage.pair.base + (image * pixels + pixel) * 2 * middle
                target.update(from: x + (image * pixels + pixel) * middle, count: middle)
                (target + middle).update(
                    from: behind.fusion.base + Self.pixel(pixel, of: shape, in: behind.shape, image) * middle,
                    count: middle)
            }
        }
        let weights = attend.forward(stage.pair.base, count: count)
        pool.run(count) { image, _ in
            for pixel in image * pixels..<(image + 1) * pixels {
                let (x, target) = (stage.pair.base + pixel * 2 * middle, stage.fusion.base + pixel * middle)
                let (a, b) = (Self.sigmoid(weights[2 * pixel]), Self.sigmoid(weights[2 * pixel + 1]))
                for c in 0..<middle { target[c] = a * x[c] + b * x[middle + c] }
            }
        }
    }

    /// The loss of one stage; `dFusion` becomes what it says of the fusion.
    private func compare(_ stage: Stage, _ teacher: UnsafePointer<Float>, count: Int) -> Double {
        let (network, factor) = (stage.leave.network, Float(stage.term.factor))
        let found = stage.leave.forward(stage.fusion.base, count: count)
        let wanted = stage.bridge(teacher, count: count, pool: pool)
        let last = network.graph.nodes[network.graph.nodes.count - 1].shape
        var losses = [Double](repeating: 0, count: count)
        losses.withUnsafeMutableBufferPointer { losses in
            pool.run(count) { image, _ in
                let from = image * last.count
                losses[image] = HierarchicalContext.evaluate(
                    student: found + from, teacher: wanted + from, dStudent: network.dLogits + from, shape: last,
                    images: count)
                for i in from..<from + last.count { network.dLogits[i] *= factor }
            }
        }
        stage.dFusion.base.update(from: stage.leave.backward(count: count), count: count * stage.shape.count)
        return losses.reduce(0, +) * stage.term.factor
    }

    private func passBack(_ stage: Stage, _ tap: TrainingNetwork.Tap, behind: Stage?, count: Int) {
        let (shape, middle, dFusion) = (stage.shape, middle, stage.dFusion.base)
        let pixels = shape.height * shape.width
        let dx = stage.enter.network.dLogits
        if let behind, let attend = stage.attend {
            let (weights, dWeights) = (attend.network.logits, attend.network.dLogits)
            pool.run(count) { image, _ in
                for pixel in image * pixels..<(image + 1) * pixels {
                    let (x, slope) = (stage.pair.base + pixel * 2 * middle, dFusion + pixel * middle)
                    for part in 0..<2 {
                        let share = Self.sigmoid(weights[2 * pixel + part])
                        dWeights[2 * pixel + part] =
                            share * (1 - share) * Float(Rows.product(slope, x + part * middle, middle))
                    }
                }
            }
            let dPair = attend.backward(count: count)
            pool.run(count) { image, _ in
                for place in 0..<pixels {
                    let pixel = image * pixels + place
                    let (slope, own) = (dFusion + pixel * middle, dPair + pixel * 2 * middle)
                    let (a, b) = (Self.sigmoid(weights[2 * pixel]), Self.sigmoid(weights[2 * pixel + 1]))
                    let other =
                        behind.dFusion.base + Self.pixel(place, of: shape, in: behind.shape, image) * middle
                    for c in 0..<middle {
                        dx[pixel * middle + c] = a * slope[c] + own[c]
                        other[c] += b * slope[c] + own[middle + c]
                    }
                }
            }
        } else {
            dx.update(from: dFusion, count: count * shape.count)
        }
        let gradient = stage.enter.backward(count: count)
        for i in 0..<count * tap.shape.count { tap.gradient[i] += gradient[i] }
    }

    /// Which pixel of a smaller or larger image is repeated at one of `shape`, as PyTorch's `interpolate` with `nearest`.
    private static func pixel(_ index: Int, of shape: Graph.Shape, in other: Graph.Shape, _ image: Int) -> Int {
        let (y, x) = (index / shape.width, index % shape.width)
        return image * other.height * other.width + y * other.height / shape.height * other.width
            + x * other.width / shape.width
    }

    private static func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
}
