import Compute
import Distillation
import Foundation
import Manifests
import Testing

/// Losses on logits, against values and gradients from PyTorch; see `Goldens/make_method_goldens.py`.
struct MethodTests {
    struct Case: Decodable, CustomTestStringConvertible {
        var name: String
        var method: DistillationSpec.Method
        var count, classes: Int
        var temperature, alpha: Double
        var standardize: Bool
        var factors: [Double]
        var weightByGap: Bool
        var trust: [Float]?
        var logits, teacher: [Float]
        var labels: [Int]
        var loss, hard, soft, cosine: Double
        var dLogits: [Float]
        var dTemperature: Double
        var testDescription: String { name }

        var spec: DistillationSpec {
            DistillationSpec(
                method: method, standardize: standardize, targetWeight: factors[0], otherWeight: factors[1],
                interWeight: factors[0], intraWeight: factors[1], weightByGap: weightByGap)
        }

        var targets: [Float] {
            var targets = [Float](repeating: 0, count: count * classes)
            for (i, label) in labels.enumerated() { targets[i * classes + label] = 1 }
            return targets
        }

        struct Outcome {
            var result: DistillationLoss.Result
            var dLogits: [Float]
            var dTemperature: Double?
        }

        func evaluate(_ logits: [Float], temperature: Double? = nil, alpha: Double? = nil) -> Outcome {
            let t = Float(temperature ?? self.temperature)
            let alpha = Float(alpha ?? self.alpha)
            let loss = DistillationLoss(spec, maximumBatch: count, classes: classes)
            var dLogits = [Float](repeating: .nan, count: count * classes)
            let teacher = standardize ? zScores(self.teacher, classes: classes) : self.teacher
            let targets = targets
            func run(_ trust: UnsafePointer<Float>?) -> Outcome {
                let result = loss.evaluate(
                    logits, teacher: teacher, trust: trust, targets: targets, dLogits: &dLogits, count: count,
                    alpha: alpha, temperature: t)
                let slope =
                    method == .kd
                    ? loss.temperatureGradient(
                        logits, teacher: teacher, targets: targets, count: count, alpha: alpha, temperature: t) : nil
                return Outcome(result: result, dLogits: dLogits, dTemperature: slope)
            }
            guard let trust else { return run(nil) }
            return trust.withUnsafeBufferPointer { run($0.baseAddress) }
        }
    }

    static func zScores(_ logits: [Float], classes: Int) -> [Float] {
        var (scores, deviations) = (logits, [Float](repeating: 0, count: logits.count / classes))
        LogitStandardization.forward(
            logits, into: &scores, deviations: &deviations, count: deviations.count, classes: classes)
        return scores
    }

    private static func cases() throws -> [Case] { try Goldens.load("methods") }

    @Test func valuesAndGradientsArePyTorchs() throws {
        let cases = try Self.cases()
        #expect(cases.count == 19)
        #expect(Set(cases.map(\.method)).count == 3)
        for golden in cases {
            let outcome = golden.evaluate(golden.logits)
            let scale = max(1, abs(golden.loss))
            #expect(abs(outcome.result.batch.loss - golden.loss) < 4e-6 * scale, "\(golden.name)")
            #expect(abs(outcome.result.hard - golden.hard) < 2e-6 * max(1, golden.hard), "\(golden.name)")
            #expect(abs(outcome.result.soft - golden.soft) < 4e-6 * scale, "\(golden.name)")
            #expect(abs(outcome.result.cosine - golden.cosine) < 2e-5, "\(golden.name): \(outcome.result.cosine)")
            let largest = golden.dLogits.reduce(0) { max($0, abs($1)) }
            #expect(
                largestDifference(outcome.dLogits, golden.dLogits) < 4e-6 * max(1, largest), "\(golden.name)")
            if let slope = outcome.dTemperature {
                #expect(abs(slope - golden.dTemperature) < 2e-5 * max(1, abs(golden.dTemperature)), "\(golden.name)")
            }
        }
    }

    /// Where weights by gap are constants to the gradient, slopes are not what it gives.
    @Test func gradientsAreSlopes() throws {
        for golden in try Self.cases() where !golden.weightByGap && !golden.name.contains("wide") {
            let outcome = golden.evaluate(golden.logits)
            for i in golden.logits.indices {
                var (above, below) = (golden.logits, golden.logits)
                above[i] += 0.01
                below[i] -= 0.01
                let difference =
                    golden.evaluate(above).result.batch.loss - golden.evaluate(below).result.batch.loss
                let slope = difference / Double(above[i] - below[i])
                #expect(
                    abs(slope - Double(outcome.dLogits[i])) < 1e-3 * max(1, abs(slope)), "\(golden.name), logit \(i)")
            }
            guard let dTemperature = outcome.dTemperature else { continue }
            let above = golden.evaluate(golden.logits, temperature: golden.temperature + 0.02).result.batch.loss
            let below = golden.evaluate(golden.logits, temperature: golden.temperature - 0.02).result.batch.loss
            #expect(abs((above - below) / 0.04 - dTemperature) < 2e-3, "\(golden.name)")
        }
    }

    @Test func withoutAlphaTheSoftTermIsOnlyMeasured() throws {
        for golden in try Self.cases() {
            let measured = golden.evaluate(golden.logits, alpha: 0)
            let labels = golden.evaluate(golden.logits, alpha: 0).result.batch.loss
            #expect(abs(labels - golden.hard) < 2e-6 * max(1, golden.hard))
            #expect(abs(measured.result.soft - golden.soft) < 4e-6 * max(1, golden.soft), "\(golden.name)")
            #expect(abs(measured.result.cosine - golden.cosine) < 2e-5, "\(golden.name)")
            var dLogits = [Float](repeating: .nan, count: golden.logits.count)
            _ = CrossEntropy.evaluate(
                golden.logits, targets: golden.targets, dLogits: &dLogits, count: golden.count,
                classes: golden.classes)
            #expect(measured.dLogits == dLogits, "\(golden.name)")
        }
    }

    /// Decoupled, with the weight that Hinton's loss has without saying so: the teacher's doubt in the label.
    @Test func decoupledWithTheTeachersDoubtIsHintons() {
        let (student, teacher): ([Float], [Float]) = ([1, -0.5, 2, 0.3], [0.2, 1.5, -1, 0.4])
        let (targets, weights): ([Float], [Float]) = ([0, 1, 0, 0], [1])
        var (a, b) = ([Float](repeating: 0, count: 4), [Float](repeating: 0, count: 4))
        let doubt = 1 - probabilities(teacher, temperature: 3)[1]
        student.withUnsafeBufferPointer { student in
            teacher.withUnsafeBufferPointer { teacher in
                targets.withUnsafeBufferPointer { targets in
                    weights.withUnsafeBufferPointer { weights in
                        let rows = LogitRows(
                            student: student.baseAddress!, teacher: teacher.baseAddress!,
                            targets: targets.baseAddress!, weights: weights.baseAddress!, count: 1, classes: 4)
                        let whole = KnowledgeDistillation.evaluate(rows, temperature: 3, scale: 1, dLogits: &a)
                        let parts = DecoupledDistillation(targetWeight: 1, otherWeight: Double(doubt))
                            .evaluate(rows, temperature: 3, scale: 1, dLogits: &b)
                        #expect(abs(whole - parts) < 1e-6)
                    }
                }
            }
        }
        #expect(largestDifference(a, b) < 1e-6)
    }

    @Test(arguments: DistillationSpec.Method.allCases)
    func hugeAndConstantLogitsStayFinite(_ method: DistillationSpec.Method) {
        for standardize in [false, true] {
            let spec = DistillationSpec(method: method, standardize: standardize, weightByGap: true)
            let logits: [Float] = [1e6, -1e6, 0, 5, 5, 5, 0, 80, -90]
            let given: [Float] = [0, 1e5, 0, 1, 1, 1, 3, 2, -1]
            let teacher = standardize ? Self.zScores(given, classes: 3) : given
            var dLogits = [Float](repeating: .nan, count: 9)
            let result = DistillationLoss(spec, maximumBatch: 3, classes: 3).evaluate(
                logits, teacher: teacher, targets: [0, 1, 0, 0, 1, 0, 1, 0, 0], dLogits: &dLogits, count: 3, alpha: 0.5,
                temperature: 4)
            #expect(result.batch.loss.isFinite && result.cosine.isFinite)
            #expect(dLogits.allSatisfy { $0.isFinite })
        }
    }

    @Test(arguments: DistillationSpec.Method.allCases)
    func aNumberThatIsNoneShowsInTheLoss(_ method: DistillationSpec.Method) {
        var dLogits = [Float](repeating: 0, count: 6)
        let loss = DistillationLoss(DistillationSpec(method: method), maximumBatch: 2, classes: 3).evaluate(
            [1, .nan, 0, 1, 2, 3], teacher: [0, 1, 0, 1, 0, 0], targets: [1, 0, 0, 1, 0, 0], dLogits: &dLogits,
            count: 2, alpha: 0.9, temperature: 4)
        #expect(loss.batch.loss.isNaN)
    }

    /// The image on which the student is furthest from its teacher counts most, and all together count as before.
    @Test func gapsAreWeighedWithinBounds() {
        let teacher: [Float] = [4, 0, 0, 4, 0, 0, 4, 0, 0]
        let student: [Float] = [4, 0, 0, 3, 0, 0, 0, 4, 0]
        let targets: [Float] = [1, 0, 0, 1, 0, 0, 1, 0, 0]
        func gradient(_ weightByGap: Bool) -> [Float] {
            var dLogits = [Float](repeating: 0, count: 9)
            _ = DistillationLoss(DistillationSpec(method: .kd, weightByGap: weightByGap), maximumBatch: 3, classes: 3)
                .evaluate(
                    student, teacher: teacher, targets: targets, dLogits: &dLogits, count: 3, alpha: 1, temperature: 1)
            return dLogits
        }
        let (plain, weighed) = (gradient(false), gradient(true))
        #expect(abs(weighed[3]) < abs(plain[3]))
        #expect(weighed[6] / plain[6] > 1 && weighed[6] / plain[6] < 3)
        #expect(weighed[6] / plain[6] + weighed[3] / plain[3] <= 3)
    }
}

/// softmax(logits / temperature).
func probabilities(_ logits: [Float], temperature: Float) -> [Float] {
    let largest = logits.max() ?? 0
    let powers = logits.map { exp(($0 - largest) / temperature) }
    return powers.map { $0 / powers.reduce(0, +) }
}
