import Manifests
import Reporting

extension SampleReport {
    /// One of every kind of report a job can end with.
    static let all: [(name: String, report: JobReport)] =
        [
            ("ordinary", SampleReport().make()),
            ("hostile", hostile),
            ("one-class", SampleReport(classes: ["only"]).make()),
            ("two-classes", SampleReport(classes: ["good", "bent"], testPerClass: 60).make()),
            ("hundred-classes", SampleReport(classes: numbered(100), studentAccuracy: 0.68).make()),
            ("thousand-classes", SampleReport(classes: numbered(1000), testPerClass: 50, studentAccuracy: 0.5).make()),
            ("no-baseline", SampleReport(baselineAccuracy: nil).make()),
            ("no-mistakes", SampleReport(teacherAccuracy: 2, studentAccuracy: 2, mistakes: 0).make()),
            ("nan", broken),
            ("no-test", SampleReport(testPerClass: 0, mistakes: 0).make()),
            ("no-epochs", withoutEpochs),
            ("teachers", ofSeveralTeachers),
            ("left-alone", withoutTeachers),
            ("again", withEverything),
            ("tuned", tuned),
        ]

    static func numbered(_ count: Int) -> [String] { (1...count).map { "part-\($0)" } }

    static var hostile: JobReport {
        var report = SampleReport(classes: Hostile.names).make()
        report.name = Hostile.names[0]
        report.jobID = Hostile.names[1]
        report.manifest = Hostile.names.joined(separator: "\n")
        report.warnings = Hostile.names
        report.data.dataset = Hostile.names[7]
        report.data.notes = Hostile.names
        report.data.findings = Hostile.names.map { DataFinding(kind: $0, message: $0, examples: Hostile.names) }
        report.data.leftOut = Hostile.names.map { UnusedFile(path: $0, reason: $0) }
        report.data.leftOutCount = 5000
        report.files =
            Hostile.names.map { OutputFile(name: $0, bytes: 1, purpose: $0) } + [
                OutputFile(name: "javascript:alert(1)", bytes: 1, purpose: "harm")
            ]
        report.machine.processor = Hostile.names[10]
        for i in report.mistakes.indices {
            report.mistakes[i].path = Hostile.names[i % Hostile.names.count]
            report.mistakes[i].image =
                [
                    "javascript:alert(1)", "data:image/png;base64,\"/><script>", "http://x.example/a.png",
                ][i % 3]
        }
        report.mistakes[0].label = 999
        report.insights?.suspectLabels = report.mistakes
        for i in 0..<(report.insights?.robustness.count ?? 0) {
            report.insights?.robustness[i].meaning = Hostile.names[i]
        }
        return report
    }

    /// A student that diverged in its middle, and a baseline that never had a number.
    static var broken: JobReport {
        var report = SampleReport().make()
        for i in report.epochs.indices {
            let (stage, epoch) = (report.epochs[i].stage, report.epochs[i].epoch)
            if stage == .student && epoch == 9 { report.epochs[i].evaluationLoss = 4e7 }
            guard stage == .baseline || (stage == .student && (10...12).contains(epoch)) else { continue }
            report.epochs[i].trainLoss = .nan
            report.epochs[i].evaluationLoss = .infinity
            if stage == .baseline { report.epochs[i].evaluationAccuracy = .nan }
        }
        report.models.baseline?.testLoss = .nan
        report.models.student.latencyMilliseconds = .nan
        report.models.student.imagesPerSecond = .infinity
        return report
    }

    /// The second was left out; the temperature falls, and the last epochs are without a teacher.
    static var ofSeveralTeachers: JobReport {
        var report = SampleReport().make()
        report.teachers = [
            TeacherStanding(
                number: 1, model: "resnet20", evaluationAccuracy: 0.86, calibrationError: 0.04, weight: 1, trust: 0.4,
                reason: nil, weakClasses: [3, 5]),
            TeacherStanding(
                number: 2, model: Hostile.names[0], evaluationAccuracy: 0.1, calibrationError: 0.6, weight: 0, trust: 0,
                reason: "is right about 10% of the evaluation split, less than the student without it (76.5%)",
                weakClasses: []),
        ]
        for i in report.epochs.indices where report.epochs[i].stage == .student && report.epochs[i].epoch <= 24 {
            let share = Double(report.epochs[i].epoch) / 24
            report.epochs[i].teaching = TeachingRecord(
                alpha: 0.9 - 0.5 * share, temperature: 6 - 3 * share, hardLoss: 1, softLoss: 2 - share,
                gradientCosine: 0.5, trust: 1, teacherErrors: 0.1, featureLoss: 3 - share)
        }
        return report
    }

    /// Nobody was let teach.
    static var withoutTeachers: JobReport {
        var report = SampleReport().make()
        report.teachers = [
            TeacherStanding(
                number: 1, model: "resnet20", evaluationAccuracy: nil, calibrationError: nil, weight: 0, trust: 0,
                reason: nil,
                weakClasses: [])
        ]
        return report
    }

    /// The second job on its data, on a machine that measures its energy, with what the networks looked at.
    static var withEverything: JobReport {
        var report = SampleReport().make()
        var earlier = SampleReport(studentAccuracy: 0.7, seed: 9).make()
        earlier.jobID = "cifar-tiny-20261123-080000"
        earlier.job.student.model = "convnet3"
        earlier.energyJoules = 40_000
        report.energyJoules = 52_000
        report.data.samples = (0..<20).map { i in
            DataSample(
                path: "train/\(i).png", className: report.data.classes[i / 2],
                image: Mistake.dataURI(SamplePNG.bytes(side: 32, seed: UInt64(i))))
        }
        report.previous = PreviousJob(earlier, comparedWith: report)
        for i in report.mistakes.indices {
            let picture = SamplePNG.bytes(side: 32, seed: UInt64(100 + i))
            report.mistakes[i].studentView = Mistake.dataURI(picture)
            report.mistakes[i].teacherView = i == 0 ? nil : Mistake.dataURI(picture)
        }
        return report
    }

    static var withoutEpochs: JobReport {
        var report = SampleReport().make()
        report.epochs = []
        return report
    }
}
