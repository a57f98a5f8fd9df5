import Compute
import Distillation
import Manifests
import Networks
import Testing

/// Who is let near a student.
struct VettingTests {
    private let data = Stripes.data(train: 60, evaluation: 90)
    private let pool = ThreadPool(threads: 1)

    private func vet(
        _ teachers: [Teacher], _ spec: DistillationSpec = DistillationSpec(), student: Evaluation? = nil
    ) throws -> TeacherVetting {
        try TeacherVetting(teachers, spec, data: data, student: student, pool: pool)
    }

    /// Knows nothing: always says the first class.
    private static func silent() throws -> Teacher {
        let graph = try Stripes.network()
        return Teacher(TrainedNetwork(graph: graph, parameters: ParameterBuffer(count: graph.storageCount)))
    }

    /// Knows the stripes, but never says the last class.
    private static func blind() throws -> Teacher {
        let network = try Stripes.taught()
        let bias = try #require(network.graph.parameters.last)
        try #require(bias.count == Stripes.classes)
        network.parameters[bias][2] = -1000
        return Teacher(network)
    }

    /// An evaluation of 90 images, with so many right of each class.
    private static func student(right: [Int]) -> Evaluation {
        var confusion = [[Int]](repeating: [0, 0, 0], count: 3)
        for (c, count) in right.enumerated() {
            confusion[c][c] = count
            confusion[c][(c + 1) % 3] = 30 - count
        }
        let answer = Evaluation.Answer(label: 0, predicted: 0, confidence: 1, labelProbability: 1)
        return Evaluation(loss: 0, answers: [Evaluation.Answer](repeating: answer, count: 90), confusion: confusion)
    }

    @Test func aSoundTeacherIsExamined() throws {
        let network = try Stripes.taught()
        let vetting = try vet([Teacher(network)], student: Self.student(right: [10, 10, 10]))
        #expect(vetting.trusts == [1] && vetting.notes.isEmpty)
        #expect(vetting.warnings.isEmpty && vetting.teachers.count == 1)
        #expect(vetting.teachers[0].classWeights == nil)
        #expect(vetting.report.weak == [false] && vetting.report.weakClasses == [[]])
        let evaluation = try Evaluator(network, data: data, pool: pool).evaluate(data.evaluation)
        let exam = vetting.report.exams[0]
        #expect(exam.accuracy == evaluation.accuracy && exam.accuracy > 0.9 && exam.count == 90)
        #expect(exam.classCounts == [30, 30, 30])
        #expect(exam.recall == (0..<3).map { Double(evaluation.confusion[$0][$0]) / 30 })
        #expect(abs(exam.calibration.loss - evaluation.loss) < 1e-6)
        #expect(exam.calibration.calibratedLoss <= exam.calibration.loss + 1e-12)
        #expect(vetting.report.studentAccuracy == 30.0 / 90)
    }

    @Test func oneThatGuessesIsWeak() throws {
        let sound = Teacher(try Stripes.taught())
        let warned = try vet([sound, Self.silent()], DistillationSpec(weakTeacher: .warn))
        #expect(warned.teachers.count == 2 && warned.report.weak == [false, true])
        #expect(warned.warnings.count == 1)
        #expect(warned.warnings[0].hasPrefix("Teacher 2 is right about 33.3% of the evaluation split, no more than"))
        #expect(warned.warnings[0].contains("`distillation.weakTeacher: drop` would leave it out"))
        let dropped = try vet([Self.silent(), sound], DistillationSpec(weakTeacher: .drop))
        let kept = try #require(dropped.teachers.first.flatMap(network))
        let expected = try #require(network(sound))
        #expect(dropped.teachers.count == 1 && isSame(kept.parameters, expected.parameters))
        #expect(dropped.warnings[0].hasSuffix("so it does not teach."))
        let error = try #require(throws: JobFailure.self) {
            try vet([sound, Self.silent()], DistillationSpec(weakTeacher: .refuse))
        }
        #expect(
            error.code == "teacher.weak" && error.location == "teacher 2" && error.fix.contains("weakTeacher: drop"))
    }

    @Test func withoutASoundTeacherOnlyTheLabelsAreLeft() throws {
        let vetting = try vet([Self.silent()], DistillationSpec(weakTeacher: .drop))
        #expect(vetting.teachers.isEmpty)
        #expect(vetting.warnings.last == "No teacher is left: the student learns from the labels alone.")
    }

    @Test func oneBelowTheStudentIsWeak() throws {
        let blind = try Self.blind()
        #expect(try vet([blind]).warnings.isEmpty, "two thirds are more than a guess")
        let vetting = try vet([blind], student: Self.student(right: [29, 30, 29]))
        #expect(vetting.report.weak == [true] && vetting.teachers.isEmpty)
        #expect(vetting.warnings.count == 2)
        #expect(vetting.warnings[0].contains("less than the student without it (97.8%)"))
    }

    /// A difference that chance explains is none: nobody is turned away for two images of 90.
    @Test func noiseIsNoWeakness() throws {
        let exam = try vet([Self.blind()]).report.exams[0]
        let right = (0..<3).map { Int((exam.recall[$0] * 30).rounded()) }
        let better = Self.student(right: [right[0], right[1], 2])
        let vetting = try vet([Self.blind()], DistillationSpec(weakTeacher: .drop), student: better)
        #expect(vetting.report.weak == [false] && vetting.report.weakClasses == [[]])
        // But not ahead of the student either, so that its word counts little.
        #expect(vetting.teachers[0].classWeights == [0.2, 0.2, 0.2])
    }

    /// By the share of the student's mistakes that a teacher leaves out.
    @Test func trustGrowsWithWhatATeacherIsAhead() throws {
        let network = try Stripes.taught()
        let right = try vet([Teacher(network)]).report.exams[0].accuracy * 90
        for (behind, expected) in [(0.0, 0.2), (2, nil), (20, 1)] as [(Double, Double?)] {
            let own = Int((right - behind).rounded())
            let student = Self.student(right: [own / 3, own / 3, own - own / 3 * 2])
            let vetting = try vet([Teacher(network)], student: student)
            let ahead = own == 90 ? 0 : (right - Double(own)) / (0.25 * Double(90 - own))
            let trust = min(1, max(0.2, ahead))
            #expect(abs(vetting.trusts[0] - trust) < 1e-9)
            if let expected { #expect(abs(trust - expected) < 1e-9) }
            if trust < 1 {
                #expect(vetting.notes.contains { $0.contains("its word counts") })
                #expect(vetting.teachers[0].classWeights?.allSatisfy { abs($0 - Float(trust)) < 1e-6 } == true)
            }
            let warned = try vet([Teacher(network)], DistillationSpec(weakTeacher: .warn), student: student)
            #expect(warned.trusts == [1] && warned.teachers[0].classWeights == nil)
        }
    }

    @Test func oneThatIsWeakInAClassIsNotAskedAboutIt() throws {
        let student = Self.student(right: [10, 10, 28])
        let warned = try vet([Self.blind()], DistillationSpec(weakTeacher: .warn), student: student)
        #expect(warned.report.weak == [false] && warned.report.weakClasses == [[2]])
        #expect(warned.teachers[0].classWeights == nil)
        let vetting = try vet([Self.blind()], DistillationSpec(weakTeacher: .drop), student: student)
        #expect(vetting.teachers[0].classWeights == [1, 1, 0])
        #expect(vetting.warnings == ["The teacher is not listened to about 1 class it is weak in."])
    }

    @Test func recallMayBeAWeight() throws {
        let vetting = try vet([Self.blind()], DistillationSpec(combine: .classes))
        let exam = vetting.report.exams[0]
        let weights = try #require(vetting.teachers[0].classWeights)
        #expect(exam.recall[2] == 0 && weights[2] == 1.0 / 32)
        #expect(weights[0] == Float((exam.recall[0] * 30).rounded() + 1) / 32)
    }

    @Test func agreementIsMeasured() throws {
        let (sound, blind) = (Teacher(try Stripes.taught()), try Self.blind())
        let vetting = try vet([sound, blind, Self.silent()])
        let agreement = try #require(vetting.report.agreement)
        let exams = vetting.report.exams
        #expect((0..<3).allSatisfy { agreement.pairs[$0][$0] == 1 })
        #expect(agreement.pairs[0][1] == agreement.pairs[1][0])
        #expect(agreement.pairs[0][1] > 0.6 && agreement.pairs[0][1] < 0.75)
        #expect(agreement.unanimous <= agreement.pairs[1][2])
        #expect(agreement.anyRight >= exams[0].accuracy && agreement.together > 0.6)
        #expect(vetting.notes.count == 1)
        #expect(vetting.notes[0].hasPrefix("The 3 teachers say the same of "))
        #expect(vetting.notes[0].contains("the best of them about \((exams[0].accuracy * 1000).rounded() / 10)%"))
        let alone = try #require(try vet([sound]).report.agreement)
        #expect(alone.unanimous == 1 && alone.anyRight == exams[0].accuracy && alone.together == exams[0].accuracy)
    }

    /// Asked for classes in another order, and with the images scaled up, it says the same.
    @Test func answersFollowTheMap() throws {
        let network = try Stripes.taught()
        let plain = try HeldOutAnswers(asking: Teacher(network), about: data, batch: 7, pool: pool)
        let mapped = try HeldOutAnswers(
            asking: Teacher(network, classMap: [1, 2, 0]), about: data, batch: 90, pool: pool)
        for i in 0..<90 {
            let row = Array(plain.logits[3 * i..<3 * i + 3])
            #expect(Array(mapped.logits[3 * i..<3 * i + 3]) == [row[1], row[2], row[0]])
        }
        #expect(mapped.labels == plain.labels)
    }

    @Test func withoutHeldOutImagesNobodyIsJudged() throws {
        var data = data
        data.evaluation = ImageSet(labels: [], pixels: [])
        let vetting = try TeacherVetting(
            [Self.silent()], DistillationSpec(), data: data, student: nil, pool: pool)
        #expect(vetting.teachers.count == 1 && vetting.report.exams.isEmpty && vetting.warnings.isEmpty)
    }

    @Test func examiningStopsWhenAsked() throws {
        #expect(throws: Suspended.self) {
            try TeacherVetting(
                [Self.silent()], DistillationSpec(), data: data, student: nil, pool: pool, shouldStop: { true })
        }
    }
}
