import Compute
import Distillation
import Foundation
import Manifests
import Testing

struct LossTests {
    struct Case: Decodable, CustomTestStringConvertible {
        var name: String
        var count, classes: Int
        var logits, teacher: [Float]
        var labels: [Int32]
        var shares: [Float]
        var smoothing: Float
        var temperature: Double?
        var alpha: Double
        var loss: Double
        var dLogits: [Float]
        var testDescription: String { name }

        var targets: [Float] {
            var targets = [Float](repeating: .nan, count: count * classes)
            SoftTargets.fill(
                &targets, labels: labels, samples: (0..<Int32(count)).map { $0 }, shares: shares, count: count,
                classes: classes, smoothing: smoothing)
            return targets
        }

        func evaluate(_ logits: [Float]) -> (BatchLoss, dLogits: [Float]) {
            var dLogits = [Float](repeating: .nan, count: count * classes)
            guard let temperature else {
                let loss = CrossEntropy.evaluate(
                    logits, targets: targets, dLogits: &dLogits, count: count, classes: classes)
                return (loss, dLogits)
            }
            let result = DistillationLoss(DistillationSpec(method: .kd), maximumBatch: count, classes: classes)
                .evaluate(
                    logits, teacher: teacher, targets: targets, dLogits: &dLogits, count: count, alpha: Float(alpha),
                    temperature: Float(temperature))
            return (result.batch, dLogits)
        }
    }

    @Test func valuesAndGradientsArePyTorchs() throws {
        let cases = try Goldens.load("losses", as: [Case].self)
        #expect(cases.count == 10)
        for golden in cases {
            let (loss, dLogits) = golden.evaluate(golden.logits)
            #expect(abs(loss.loss - golden.loss) < 2e-6 * max(1, abs(golden.loss)), "\(golden.name): \(loss.loss)")
            #expect(largestDifference(dLogits, golden.dLogits) < 1e-6, "\(golden.name)")
        }
    }

    /// The loss is single precision in its rows, so the step is large and the logits moderate.
    @Test func gradientsAreSlopes() throws {
        for golden in try Goldens.load("losses", as: [Case].self) where !golden.name.contains("large") {
            let dLogits = golden.evaluate(golden.logits).dLogits
            for i in golden.logits.indices {
                var (above, below) = (golden.logits, golden.logits)
                above[i] += 0.01
                below[i] -= 0.01
                let slope = (golden.evaluate(above).0.loss - golden.evaluate(below).0.loss) / 0.02
                #expect(abs(slope - Double(dLogits[i])) < 2e-4, "\(golden.name), logit \(i)")
            }
        }
    }

    @Test func largestLogitCounts() {
        let logits: [Float] = [1, 3, 2, 5, 0, 0, 0, 0, 9]
        let targets: [Float] = [0, 1, 0, 0, 1, 0, 0.2, 0.2, 0.6]
        var dLogits = [Float](repeating: 0, count: 9)
        let loss = CrossEntropy.evaluate(logits, targets: targets, dLogits: &dLogits, count: 3, classes: 3)
        #expect(loss.right == 2)
    }

    @Test func hugeLogitsStayFinite() {
        let logits: [Float] = [1e6, -1e6, 0, -3e30, 3e30, 0]
        var dLogits = [Float](repeating: 0, count: 6)
        let targets: [Float] = [0, 1, 0, 0, 1, 0]
        let loss = DistillationLoss(DistillationSpec(method: .kd), maximumBatch: 2, classes: 3).evaluate(
            logits, teacher: [0, 1e5, 0, 0, 1, 2], targets: targets, dLogits: &dLogits, count: 2, alpha: 0.5,
            temperature: 4
        ).batch
        #expect(loss.loss.isFinite && loss.loss > 1e5)
        #expect(dLogits.allSatisfy { $0.isFinite })
    }

    @Test func aNumberThatIsNoneShowsInTheLoss() {
        var dLogits = [Float](repeating: 0, count: 3)
        let loss = CrossEntropy.evaluate(
            [1, .nan, 0], targets: [1, 0, 0], dLogits: &dLogits, count: 1, classes: 3)
        #expect(loss.loss.isNaN)
    }

    /// Plain distillation is its formula, operation by operation: what was trained with it is trained to the same bytes.
    @Test func plainDistillationIsItsFormulaToTheLastBit() throws {
        for golden in try Goldens.load("losses", as: [Case].self) {
            guard let temperature = golden.temperature.map({ Float($0) }) else { continue }
            let (count, classes, alpha) = (golden.count, golden.classes, Float(golden.alpha))
            var expected = [Float](repeating: .nan, count: count * classes)
            let labels = CrossEntropy.evaluate(
                golden.logits, targets: golden.targets, dLogits: &expected, count: count, classes: classes)
            let (inverse, hard, soft) = (1 / temperature, 1 - alpha, alpha * temperature / Float(count))
            func logProbabilities(_ row: ArraySlice<Float>) -> [Float] {
                let largest = row.max() ?? 0
                let normalizer = largest * inverse + log(row.reduce(0) { $0 + exp(($1 - largest) * inverse) })
                return row.map { $0 * inverse - normalizer }
            }
            var divergence = 0.0
            for first in stride(from: 0, to: count * classes, by: classes) {
                let row = first..<first + classes
                let (student, teacher) = (logProbabilities(golden.logits[row]), logProbabilities(golden.teacher[row]))
                var sum: Float = 0
                for (c, i) in row.enumerated() {
                    let target = exp(teacher[c])
                    sum += target * (teacher[c] - student[c])
                    expected[i] = hard * expected[i] + soft * (exp(student[c]) - target)
                }
                divergence += Double(sum)
            }
            let weight = Double(alpha) * Double(temperature) * Double(temperature)
            let loss = Double(hard) * labels.loss + weight * divergence / Double(count)
            let (found, dLogits) = golden.evaluate(golden.logits)
            #expect(dLogits == expected, "\(golden.name)")
            #expect(found.loss == loss, "\(golden.name)")
        }
    }
}
