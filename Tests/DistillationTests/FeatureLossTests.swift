import Compute
import Distillation
import Testing

/// Losses on activations, against values and gradients from PyTorch.
struct FeatureLossTests {
    private struct Goldens: Decodable {
        var attention: [ImageCase]
        var hint: [ImageCase]
        var similarity, distance, angle: [BatchCase]
    }

    private static let pool = ThreadPool(threads: 2)

    private struct ImageCase: Decodable {
        var count, pixels, studentChannels, teacherChannels: Int
        var student, teacher, dStudent: [Float]
        var weight, bias, dWeight, dBias: [Float]?
        var loss: Double
    }

    struct BatchCase: Decodable {
        var count, studentValues, teacherValues: Int
        var student, teacher, dStudent: [Float]
        var loss: Double
    }

    private static func goldens() throws -> Goldens { try DistillationTests.Goldens.load("features") }

    /// Against the recorded value and gradient, and the gradient against the slopes of the value.
    private func check(
        _ name: String, _ values: [Float], loss: Double, gradient: [Float],
        _ evaluate: ([Float]) -> (Double, [Float])
    ) {
        let (found, slopes) = evaluate(values)
        #expect(abs(found - loss) < 2e-6 * max(1, loss), "\(name)")
        #expect(largestDifference(slopes, gradient) < 4e-6, "\(name)")
        for i in values.indices {
            var (above, below) = (values, values)
            above[i] += 0.004
            below[i] -= 0.004
            let slope = (evaluate(above).0 - evaluate(below).0) / Double(above[i] - below[i])
            #expect(abs(slope - Double(slopes[i])) < 2e-3 * max(1, abs(slope)), "\(name), value \(i)")
        }
    }

    @Test func attentionTransfer() throws {
        let cases = try Self.goldens().attention
        #expect(cases.count == 2)
        for golden in cases {
            check("attention", golden.student, loss: golden.loss, gradient: golden.dStudent) { student in
                var dStudent = [Float](repeating: .nan, count: student.count)
                let loss = AttentionTransfer.evaluate(
                    student: student, studentChannels: golden.studentChannels, teacher: golden.teacher,
                    teacherChannels: golden.teacherChannels, dStudent: &dStudent, count: golden.count,
                    pixels: golden.pixels)
                return (loss, dStudent)
            }
        }
    }

    @Test func hint() throws {
        let cases = try Self.goldens().hint
        #expect(cases.count == 2)
        for golden in cases {
            let shape = HintLoss.Shape(
                pixels: golden.count * golden.pixels, studentChannels: golden.studentChannels,
                teacherChannels: golden.teacherChannels)
            func evaluate(
                _ student: [Float], _ weight: [Float], _ bias: [Float]
            ) -> (loss: Double, dStudent: [Float], dWeight: [Float], dBias: [Float]) {
                var (weight, bias) = (weight, bias)
                var dStudent = [Float](repeating: .nan, count: student.count)
                var (dWeight, dBias) = (dStudent.filled(weight.count), dStudent.filled(bias.count))
                let loss = weight.withUnsafeMutableBufferPointer { weight in
                    bias.withUnsafeMutableBufferPointer { bias in
                        dWeight.withUnsafeMutableBufferPointer { dWeight in
                            dBias.withUnsafeMutableBufferPointer { dBias in
                                HintLoss.evaluate(
                                    student: student, teacher: golden.teacher, shape: shape,
                                    projector: HintLoss.Projector(
                                        weight: weight.baseAddress!, bias: bias.baseAddress!), dStudent: &dStudent,
                                    gradients: HintLoss.Projector(
                                        weight: dWeight.baseAddress!, bias: dBias.baseAddress!))
                            }
                        }
                    }
                }
                return (loss, dStudent, dWeight, dBias)
            }
            let (weight, bias) = (try #require(golden.weight), try #require(golden.bias))
            check("student", golden.student, loss: golden.loss, gradient: golden.dStudent) {
                let outcome = evaluate($0, weight, bias)
                return (outcome.loss, outcome.dStudent)
            }
            check("weight", weight, loss: golden.loss, gradient: try #require(golden.dWeight)) {
                let outcome = evaluate(golden.student, $0, bias)
                return (outcome.loss, outcome.dWeight)
            }
            check("bias", bias, loss: golden.loss, gradient: try #require(golden.dBias)) {
                let outcome = evaluate(golden.student, weight, $0)
                return (outcome.loss, outcome.dBias)
            }
        }
    }

    private typealias BatchLoss = (
        UnsafePointer<Float>, Int, UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>, Int
    ) -> Double

    private func check(_ name: String, _ cases: [BatchCase], _ evaluate: BatchLoss) {
        #expect(cases.count == 2)
        for golden in cases {
            check(name, golden.student, loss: golden.loss, gradient: golden.dStudent) { student in
                var dStudent = [Float](repeating: .nan, count: student.count)
                let loss = evaluate(
                    student, golden.studentValues, golden.teacher, golden.teacherValues, &dStudent, golden.count)
                return (loss, dStudent)
            }
        }
    }

    @Test func similarities() throws {
        check("similarity", try Self.goldens().similarity) {
            SimilarityPreserving(studentValues: $1, teacherValues: $3, count: $5)
                .evaluate(student: $0, teacher: $2, dStudent: $4, pool: Self.pool)
        }
    }

    @Test func distances() throws {
        check("distance", try Self.goldens().distance) {
            RelationalDistance.evaluate(
                student: $0, studentValues: $1, teacher: $2, teacherValues: $3, dStudent: $4, count: $5)
        }
    }

    @Test func angles() throws {
        check("angle", try Self.goldens().angle) {
            RelationalAngle(studentValues: $1, teacherValues: $3, count: $5)
                .evaluate(student: $0, teacher: $2, dStudent: $4, pool: Self.pool)
        }
    }

    /// Two images in one place, and activations that are all zero: relations without a distance or a direction.
    @Test func degenerateActivationsStayFinite() {
        let student: [Float] = [1, 2, 1, 2, 0, 0]
        let teacher: [Float] = [0, 0, 0, 0, 0, 0]
        let losses: [BatchLoss] = [
            {
                SimilarityPreserving(studentValues: $1, teacherValues: $3, count: $5)
                    .evaluate(student: $0, teacher: $2, dStudent: $4, pool: Self.pool)
            },
            {
                RelationalDistance.evaluate(
                    student: $0, studentValues: $1, teacher: $2, teacherValues: $3, dStudent: $4, count: $5)
            },
            {
                RelationalAngle(studentValues: $1, teacherValues: $3, count: $5)
                    .evaluate(student: $0, teacher: $2, dStudent: $4, pool: Self.pool)
            },
        ]
        for loss in losses {
            for (x, y) in [(student, teacher), (teacher, student)] {
                var dStudent = [Float](repeating: .nan, count: 6)
                #expect(loss(x, 2, y, 2, &dStudent, 3).isFinite)
                #expect(dStudent.allSatisfy { $0.isFinite })
            }
        }
        var dStudent = [Float](repeating: .nan, count: 6)
        let loss = AttentionTransfer.evaluate(
            student: teacher, studentChannels: 1, teacher: student, teacherChannels: 1, dStudent: &dStudent, count: 2,
            pixels: 3)
        #expect(loss.isFinite && dStudent.allSatisfy { $0.isFinite })
    }
}

extension [Float] {
    fileprivate func filled(_ count: Int) -> [Float] { [Float](repeating: .nan, count: count) }
}
