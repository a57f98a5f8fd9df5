import Compute
import Foundation
import Manifests
import Testing

@testable import Distillation
@testable import Networks

/// Losses on activations that learn networks of their own, against values and gradients from PyTorch.
struct LearnedComparisonTests {
    private struct Goldens: Decodable {
        var contrast: [ContrastCase]
        var context: [ContextCase]
        var review: [ReviewCase]
    }

    private struct ContrastCase: Decodable {
        var count, values: Int
        var temperature: Float
        var labels: [Int32]
        var student, teacher, dStudent, dTeacher: [Float]
        var loss: Double
    }

    private struct ContextCase: Decodable {
        var count, pixels, studentChannels: Int
        var student, teacher, dStudent: [Float]
        var loss: Double
    }

    private struct ReviewCase: Decodable {
        var count: Int
        var sides, channels, teacherChannels: [Int]
        var students, teachers, dStudents: [[Float]]
        var loss: Double
        /// From the last stage to the first: enter, leave, attend; of each its trainable parameters.
        var heads, dHeads: [[[Float]]]
    }

    private static func goldens() throws -> Goldens { try DistillationTests.Goldens.load("features") }

    @Test(arguments: [1, 3]) func contrast(threads: Int) throws {
        let pool = ThreadPool(threads: threads)
        for golden in try Self.goldens().contrast {
            func evaluate(_ student: [Float], _ teacher: [Float]) -> (Double, [Float], [Float]) {
                var dStudent = [Float](repeating: .nan, count: student.count)
                var dTeacher = dStudent
                let loss = ContrastiveLoss.evaluate(
                    student: student, teacher: teacher, labels: golden.labels, dStudent: &dStudent,
                    dTeacher: &dTeacher, count: golden.count, values: golden.values, temperature: golden.temperature,
                    pool: pool)
                return (loss, dStudent, dTeacher)
            }
            let (loss, dStudent, dTeacher) = evaluate(golden.student, golden.teacher)
            #expect(abs(loss - golden.loss) < 2e-6 * max(1, golden.loss))
            #expect(largestDifference(dStudent, golden.dStudent) < 4e-6)
            #expect(largestDifference(dTeacher, golden.dTeacher) < 4e-6)
            for i in golden.student.indices {
                var (above, below) = (golden.student, golden.student)
                above[i] += 0.002
                below[i] -= 0.002
                let slope = (evaluate(above, golden.teacher).0 - evaluate(below, golden.teacher).0) / 0.004
                #expect(abs(slope - Double(dStudent[i])) < 4e-3 * max(1, abs(slope)))
            }
        }
    }

    /// An image without a label is compared with all others, and activations that are all zero have no direction.
    @Test func contrastWithoutLabelsAndDirections() {
        let student: [Float] = [1, 0, 1, 0.5, 0, 0]
        var (dStudent, dTeacher) = ([Float](repeating: .nan, count: 6), [Float](repeating: .nan, count: 6))
        func loss(_ labels: [Int32]) -> Double {
            ContrastiveLoss.evaluate(
                student: student, teacher: student, labels: labels, dStudent: &dStudent, dTeacher: &dTeacher, count: 3,
                values: 2)
        }
        let (alike, unlabelled, apart) = (loss([1, 1, 1]), loss([-1, -1, -1]), loss([0, 1, 2]))
        #expect(alike == 0 && unlabelled == apart && apart > 0.1)
        #expect((dStudent + dTeacher).allSatisfy { $0.isFinite })
    }

    @Test func hierarchicalContext() throws {
        let cases = try Self.goldens().context
        #expect(cases.count == 3)
        for golden in cases {
            let side = Int(Double(golden.pixels).squareRoot())
            let shape = Graph.Shape(height: side, width: side, channels: golden.studentChannels)
            var dStudent = [Float](repeating: .nan, count: golden.student.count)
            var loss = 0.0
            dStudent.withUnsafeMutableBufferPointer { dStudent in
                golden.student.withUnsafeBufferPointer { student in
                    golden.teacher.withUnsafeBufferPointer { teacher in
                        for image in 0..<golden.count {
                            let from = image * shape.count
                            loss += HierarchicalContext.evaluate(
                                student: student.baseAddress! + from, teacher: teacher.baseAddress! + from,
                                dStudent: dStudent.baseAddress! + from, shape: shape, images: golden.count)
                        }
                    }
                }
            }
            #expect(abs(loss - golden.loss) < 2e-6 * max(1, golden.loss))
            #expect(largestDifference(dStudent, golden.dStudent) < 4e-6)
        }
    }

    /// The whole of ReviewKD: fusions, what is compared, and the gradients at the taps and of every parameter.
    @Test(arguments: [1, 3]) func review(threads: Int) throws {
        for golden in try Self.goldens().review {
            func shape(_ stage: Int, _ channels: [Int]) -> Graph.Shape {
                Graph.Shape(height: golden.sides[stage], width: golden.sides[stage], channels: channels[stage])
            }
            let stages = golden.sides.indices
            let factor = 2.0
            let terms = stages.map { stage in
                FeaturePlan.Term(
                    method: .reviewkd, entry: 0, factor: factor, teacher: 0, studentTap: stage, teacherTap: stage,
                    studentShape: shape(stage, golden.channels), teacherShape: shape(stage, golden.teacherChannels))
            }
            let review = ReviewComparison(
                terms, batch: golden.count, training: TrainingSpec(), seed: 1, pool: ThreadPool(threads: threads))
            try #require(review.heads.count == golden.heads.count)
            for (head, values) in zip(review.heads, golden.heads) {
                for (parameter, values) in zip(head.trainable, values) {
                    try #require(parameter.count == values.count)
                    for i in values.indices { head.network.parameters[parameter][i] = values[i] }
                }
            }
            let students = golden.students.map { Self.buffer($0) }
            let teachers = golden.teachers.map { Self.buffer($0) }
            let slopes = golden.students.map { FloatBuffer(count: $0.count) }
            let taps = stages.map {
                TrainingNetwork.Tap(
                    shape: terms[$0].studentShape, values: UnsafePointer(students[$0].base), gradient: slopes[$0].base)
            }
            let labels = [Int32](repeating: 0, count: golden.count)
            let loss = review.evaluate(
                taps, teacher: { UnsafePointer(teachers[$0].base) }, labels: labels, count: golden.count)
            withExtendedLifetime((students, teachers)) {}
            #expect(abs(loss / factor - golden.loss) < 1e-5 * golden.loss)
            for stage in stages {
                let found = (0..<golden.students[stage].count).map { slopes[stage].base[$0] / Float(factor) }
                #expect(largestDifference(found, golden.dStudents[stage]) < 1e-5, "stage \(stage)")
            }
            for (place, (head, wanted)) in zip(review.heads, golden.dHeads).enumerated() {
                for (parameter, wanted) in zip(head.trainable, wanted) {
                    let found = (0..<parameter.count).map {
                        head.network.gradients[parameter][$0] / Float(factor)
                    }
                    #expect(largestDifference(found, wanted) < 2e-5, "head \(place), \(parameter.name)")
                }
            }
        }
    }

    private static func buffer(_ values: [Float]) -> FloatBuffer {
        let buffer = FloatBuffer(count: values.count)
        for i in values.indices { buffer.base[i] = values[i] }
        return buffer
    }
}

extension Head {
    fileprivate var trainable: [Graph.Parameter] { network.graph.parameters.filter { $0.role.isTrainable } }
}
