import Compute
import Manifests

/// Looks at teachers before a student learns from them, and decides who teaches what.
///
/// Each is examined on the evaluation split. It is weak where it is no better than always naming the most frequent
/// class, or below the student's own level (of the same network trained on the labels alone, where it is known), by
/// more than the noise of so few images: the difference of two shares, in 1.64 standard errors, which chance exceeds
/// once in twenty. The same is asked class by class.
///
/// `weakTeacher` says what follows: `warn` says so; `drop` leaves weak teachers out, takes the weight of a class from
/// those that are weak in it, and trusts the others by how far they are ahead of the student; `refuse` ends the job.
/// With `combine: classes` a teacher's weight for an image is also multiplied with its recall of the image's class, and a
/// teacher is judged class by class: it is weak where it is below the student in all of them, and trusted by the classes
/// that it teaches.
public struct TeacherVetting: Sendable {
    /// Those who teach, with their weights by class. May be empty: the labels are then all there is.
    public var teachers: [Teacher]
    public var report: TeachersReport
    /// Of each teacher that was given, its share of the weight of those who teach; 0: it does not.
    public private(set) var shares: [Double] = []
    /// Of each teacher that was given, how much of alpha it is worth, 0...1.
    public private(set) var trusts: [Double] = []
    /// What is wrong with them, and what follows: sentences for the user.
    public var warnings: [String]
    /// What else there is to know, such as how far they agree.
    public var notes: [String]

    /// - Parameters:
    ///   - teachers: in the manifest's order.
    ///   - student: of the same network, trained without teachers, on the evaluation split; `nil`: not known.
    /// - Throws: `Suspended`, or a `JobFailure` with the code `teacher.weak` or `teacher.unfit`.
    public init(
        _ teachers: [Teacher], _ spec: DistillationSpec, data: TrainingData, student: Evaluation?, pool: ThreadPool,
        shouldStop: () -> Bool = { false }
    ) throws {
        for (i, teacher) in teachers.enumerated() where !teacher.fits(data) {
            throw JobFailure.unfitTeacher(teacher, number: i + 1, data: data)
        }
        self.teachers = teachers
        report = TeachersReport(exams: [], agreement: nil, weak: [], weakClasses: [], reasons: [], studentAccuracy: nil)
        warnings = []
        notes = []
        let total = teachers.reduce(0) { $0 + $1.weight }
        shares = teachers.map { $0.weight / total }
        trusts = teachers.map { _ in 1 }
        // Without held-out images there is nothing to judge by.
        guard data.evaluation.count > 0, !teachers.isEmpty else { return }
        var answers: [HeldOutAnswers] = []
        for teacher in teachers {
            answers.append(
                try HeldOutAnswers(asking: teacher, about: data, pool: pool, shouldStop: shouldStop))
        }
        try judge(answers, spec, student: student.map { Level($0) })
    }

    /// How much of alpha a teacher is worth, by what it is ahead of the student: all of it where it leaves out a quarter
    /// of the student's mistakes or more, and at least `leastTrust`. On few images a teacher that is hardly better
    /// passes on mistakes that the labels do not have.
    static func trust(_ accuracy: Double, student: Double) -> Double {
        guard student < 1 else { return leastTrust }
        return min(1, max(leastTrust, (accuracy - student) / (fullTrust * (1 - student))))
    }

    private static let leastTrust = 0.2
    /// Of the student's mistakes.
    private static let fullTrust = 0.25

    /// The rule alone, on answers that are at hand.
    mutating func judge(_ answers: [HeldOutAnswers], _ spec: DistillationSpec, student: Level?) throws(JobFailure) {
        let exams = answers.map { TeacherExam($0) }
        let judgements = exams.map { Judgement($0, student: student, byClass: spec.combine == .classes) }
        report = TeachersReport(
            exams: exams, agreement: TeacherAgreement(answers, weights: teachers.map(\.weight)),
            weak: judgements.map { $0.reason != nil }, weakClasses: judgements.map(\.weakClasses),
            reasons: judgements.map(\.reason),
            studentAccuracy: student?.accuracy)
        if let agreement = report.agreement, teachers.count > 1 {
            let best = exams.map(\.accuracy).max() ?? 0
            notes.append(
                "The \(teachers.count) teachers say the same of \(agreement.unanimous.percent) of the evaluation split; "
                    + "together they are right about \(agreement.together.percent), the best of them about "
                    + "\(best.percent), and one or the other about \(agreement.anyRight.percent).")
        }
        let names = teachers.count == 1 ? ["the teacher"] : (1...teachers.count).map { "teacher \($0)" }
        if spec.weakTeacher == .refuse, let k = judgements.firstIndex(where: { $0.reason != nil }) {
            throw .weakTeacher(names[k], because: judgements[k].reason ?? "")
        }
        var kept: [Teacher] = []
        var weights = teachers.map(\.weight)
        trusts = teachers.map { _ in 1 }
        for (k, judgement) in judgements.enumerated() {
            var teacher = teachers[k]
            if let reason = judgement.reason {
                let isDropped = spec.weakTeacher == .drop
                warnings.append(
                    "\(names[k].capitalizedFirst) \(reason)"
                        + (isDropped
                            ? ", so it does not teach"
                            : "; `distillation.weakTeacher: drop` would leave it out") + ".")
                if isDropped {
                    weights[k] = 0
                    trusts[k] = 0
                    continue
                }
            }
            if spec.combine == .classes {
                teacher.multiplyClassWeights((0..<exams[k].recall.count).map { exams[k].classWeight($0) })
            }
            if spec.weakTeacher == .drop, !judgement.weakClasses.isEmpty {
                let weak = Set(judgement.weakClasses)
                teacher.multiplyClassWeights(exams[k].recall.indices.map { weak.contains($0) ? 0 : 1 })
                let count = weak.count == 1 ? "1 class" : "\(weak.count) classes"
                warnings.append("\(names[k].capitalizedFirst) is not listened to about \(count) it is weak in.")
            }
            if spec.weakTeacher == .drop, let student {
                var (own, level) = (exams[k].accuracy, student.accuracy)
                if spec.combine == .classes {
                    let taught = Set(exams[k].recall.indices).subtracting(judgement.weakClasses)
                    own = exams[k].accuracy(exams[k].recall, of: taught)
                    level = exams[k].accuracy(student.recall, of: taught)
                }
                let trust = Self.trust(own, student: level)
                trusts[k] = trust
                if trust < 1 {
                    teacher.multiplyClassWeights(exams[k].recall.map { _ in Float(trust) })
                    notes.append(
                        "\(names[k].capitalizedFirst) is right about \(exams[k].accuracy.percent) of the evaluation split, "
                            + "the student without it about \(student.accuracy.percent): its word counts "
                            + "\(trust.percent) of `distillation.alpha`, and the labels that much more.")
                }
            }
            kept.append(teacher)
        }
        if kept.isEmpty { warnings.append("No teacher is left: the student learns from the labels alone.") }
        teachers = kept
        let total = weights.reduce(0, +)
        shares = weights.map { total > 0 ? $0 / total : 0 }
    }
}

/// What was found out about the teachers of a job: part of its report.
public struct TeachersReport: Codable, Sendable, Equatable {
    /// In the manifest's order; empty: there were no images to examine them on.
    public var exams: [TeacherExam]
    public var agreement: TeacherAgreement?
    /// Which of them are weak.
    public var weak: [Bool]
    /// Of each, the classes it is weak in.
    public var weakClasses: [[Int]]
    /// Why each is weak, to be read behind its name; `nil`: it is not.
    public var reasons: [String?]
    /// The student's own level on the same images; `nil`: not known.
    public var studentAccuracy: Double?
}

/// A network's level on the evaluation split.
struct Level: Sendable {
    var accuracy: Double
    /// Of each class.
    var recall: [Double]

    init(accuracy: Double, recall: [Double]) {
        self.accuracy = accuracy
        self.recall = recall
    }

    init(_ evaluation: Evaluation) {
        accuracy = evaluation.accuracy
        recall = evaluation.confusion.indices.map { c in
            let images = evaluation.confusion[c].reduce(0, +)
            return images == 0 ? 0 : Double(evaluation.confusion[c][c]) / Double(images)
        }
    }
}

private struct Judgement {
    /// Why the teacher is weak; `nil`: it is not.
    let reason: String?
    let weakClasses: [Int]

    /// - Parameter byClass: who knows some of the classes well may teach those.
    init(_ exam: TeacherExam, student: Level?, byClass: Bool) {
        let weak = exam.recall.indices.filter { c in
            guard let student, exam.classCounts[c] > 0 else { return false }
            return Self.isBelow(exam.recall[c], student.recall[c], images: exam.classCounts[c])
        }
        weakClasses = weak
        let present = exam.classCounts.count { $0 > 0 }
        if byClass, let student {
            reason =
                weak.count < present
                ? nil
                : "is right less often than the student without it (\(student.accuracy.percent) of the evaluation split) "
                    + "about every class"
        } else if exam.accuracy <= exam.majority {
            reason =
                "is right about \(exam.accuracy.percent) of the evaluation split, no more than always naming its most "
                + "frequent class (\(exam.majority.percent))"
        } else if let student, Self.isBelow(exam.accuracy, student.accuracy, images: exam.count) {
            reason =
                "is right about \(exam.accuracy.percent) of the evaluation split, less than the student without it "
                + "(\(student.accuracy.percent))"
        } else {
            reason = nil
        }
    }

    /// By more than 1.64 standard errors of the difference. Shares of 0 and 1 are moved in by one image (Agresti and
    /// Caffo 2000), or a handful of images would count as certain.
    private static func isBelow(_ a: Double, _ b: Double, images: Int) -> Bool {
        let n = Double(images)
        func variance(_ share: Double) -> Double {
            let moved = (share * n + 1) / (n + 2)
            return moved * (1 - moved) / (n + 2)
        }
        return b - a > 1.64 * (variance(a) + variance(b)).squareRoot()
    }
}

extension Teacher {
    mutating func multiplyClassWeights(_ factors: [Float]) {
        classWeights = zip(classWeights ?? factors.map { _ in 1 }, factors).map { $0 * $1 }
    }
}

extension Double {
    /// A share as a percentage with one digit.
    var percent: String { "\((self * 1000).rounded() / 10)%" }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
