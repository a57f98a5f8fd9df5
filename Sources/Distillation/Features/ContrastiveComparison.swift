import Compute
import Manifests
import Networks

/// `crd`: `ContrastiveLoss` behind a learned linear projection of each side.
final class ContrastiveComparison: LearnedComparison {
    private let term: FeaturePlan.Term
    private let own, other: Head
    private let pool: ThreadPool

    /// - Parameter seed: of its own.
    init(_ term: FeaturePlan.Term, batch: Int, training: TrainingSpec, seed: UInt64, pool: ThreadPool) {
        self.term = term
        self.pool = pool
        func head(_ shape: Graph.Shape, _ place: UInt64, reachesInput: Bool) -> Head {
            Head(
                from: shape, batch: batch, training: training, seed: seed &+ place, reachesInput: reachesInput,
                pool: pool
            ) { builder throws(ShapeError) in
                try builder.append(.linear(outputs: ContrastiveLoss.dimensions), [builder.input], "projection")
            }
        }
        own = head(term.studentShape, 0, reachesInput: true)
        other = head(term.teacherShape, 1, reachesInput: false)
    }

    var heads: [Head] { [own, other] }

    func evaluate(
        _ taps: [TrainingNetwork.Tap], teacher: (_ tap: Int) -> UnsafePointer<Float>, labels: UnsafePointer<Int32>,
        count: Int
    ) -> Double {
        let tap = taps[term.studentTap]
        let values = ContrastiveLoss.dimensions
        let loss = ContrastiveLoss.evaluate(
            student: own.forward(tap.values, count: count),
            teacher: other.forward(teacher(term.teacherTap), count: count), labels: labels,
            dStudent: own.network.dLogits, dTeacher: other.network.dLogits, count: count, values: values, pool: pool)
        let factor = Float(term.factor)
        for i in 0..<count * values {
            own.network.dLogits[i] *= factor
            other.network.dLogits[i] *= factor
        }
        let gradient = own.backward(count: count)
        other.network.backward(count: count)
        for i in 0..<count * tap.shape.count { tap.gradient[i] += gradient[i] }
        return loss * term.factor
    }
}
