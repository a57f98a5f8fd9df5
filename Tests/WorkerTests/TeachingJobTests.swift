import Datasets
import Foundation
import Manifests
import Reporting
import Testing
import Worker

/// Whole jobs by the ways of teaching that concern more than one training.
@Suite(.serialized) struct TeachingJobTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("teaching-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try ExampleDataset.write(to: path("shapes"), seed: 3, trainPerClass: 12, testPerClass: 4)
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private static let common =
        "dataset: shapes\ninput: { width: 16, height: 16, channels: rgb }\ntraining: { batch: 16 }\nquantize: none\n"

    /// - Parameter stopAfter: of the questions whether to stop, the one that is answered with yes.
    private func run(
        _ name: String, _ manifest: String, dataset: String = "shapes", threads: Int = 2, stopAfter: Int? = nil,
        notice: (String) -> Void = { _ in }
    ) throws -> JobRun.Outcome {
        // The job has one name whatever its folder, so that two runs of it are the same.
        let file = folder.appendingPathComponent("\(name).job.yaml")
        try Data((Self.common + manifest).utf8).write(to: file)
        let order = WorkOrder(
            jobID: "job-1", manifestPath: file.path, manifestName: "job.job.yaml", datasetPath: path(dataset),
            files: ["teacher.onnx": path("teacher.onnx")], stagingDirectory: path("\(name)/staging"),
            checkpointDirectory: path("\(name)/checkpoints"), cacheDirectory: path("cache"), threads: threads)
        var asked = 0
        return withoutActuallyEscaping(notice) { notice in
            JobRun(
                order: order, emit: { if case .notice(let text) = $0 { notice(text) } },
                shouldStop: {
                    asked += 1
                    return asked == stopAfter
                }
            ).run()
        }
    }

    private func report(_ name: String, _ outcome: JobRun.Outcome) throws -> JobReport {
        guard case .finished = outcome else { throw Unfinished(outcome: outcome) }
        let report = try JobReport(encoded: data(name, "report.json"))
        // The resolved manifest says the same job again.
        #expect(try ManifestParser.parse([UInt8](data(name, "job.yaml")), file: "job.yaml").spec == report.job)
        return report
    }

    private struct Unfinished: Error { var outcome: JobRun.Outcome }

    private func data(_ name: String, _ file: String) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent("\(name)/staging/\(file)"))
    }

    private func page(_ name: String) throws -> String {
        String(decoding: try data(name, "report.html"), as: UTF8.self)
    }

    /// A job that is stopped after ever more questions, again and again, leaves the same student.
    private func checkResuming(_ name: String, _ manifest: String, every: Int = 9) throws {
        var turns = 0
        while true {
            let outcome = try run("\(name)-parts", manifest, threads: 1 + turns % 2, stopAfter: every + 3 * turns)
            if outcome != .suspended {
                guard case .finished = outcome else { throw Unfinished(outcome: outcome) }
                break
            }
            turns += 1
            try #require(turns < 60)
        }
        #expect(turns > 1)
        #expect(try data("\(name)-parts", "student.safetensors") == data(name, "student.safetensors"))
    }

    @Test func studentsTeachEachOther() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let manifest = "student: { model: convnet3, epochs: 2 }\ndistillation: { peers: 3 }\n"
        let report = try self.report("peers", run("peers", manifest))
        #expect(report.models.teacher.model == "convnet3" && report.models.baseline != nil)
        #expect(report.models.teacher.parameters == report.models.student.parameters)
        #expect(Set(report.epochs.map(\.stage)) == [.student, .peer, .baseline])
        #expect(report.epochs.filter { $0.stage == .student }.count == 2)
        #expect(report.epochs.filter { $0.stage == .peer }.count == 4)
        #expect(report.teachers?.map(\.weight) == [0.5, 0.5])
        let best = report.models.student.evaluationAccuracy
        #expect(report.teachers!.allSatisfy { $0.evaluationAccuracy! <= best })
        try checkResuming("peers", manifest)
    }

    @Test func assistantsStandBetween() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let manifest =
            "teacher: { model: resnet8x4, epochs: 1 }\nstudent: { model: dscnn-tiny, epochs: 1 }\n"
            + "assistants: [auto, { model: convnet3, epochs: 2 }]\nbaseline: false\n"
            + "distillation: { weakTeacher: warn }\n"
        var notices: [String] = []
        let report = try self.report("chain", run("chain", manifest) { notices.append($0) })
        let chain = try #require(report.job.assistants)
        #expect(chain.count == 2 && chain[0].model != nil && chain[1].model == "convnet3")
        #expect(notices.contains { $0.contains("stands between them") && $0.contains(chain[0].model!) })
        let taught = report.epochs.filter { $0.stage == .assistant }
        #expect(taught.map { $0.teacher ?? 1 } == [1, 2, 2])
        #expect(taught.allSatisfy { $0.teaching != nil })
        #expect(report.teachers?.map { $0.isAssistant ?? false } == [false, true, true])
        #expect(try page("chain").contains("Assistant 1."))
        try checkResuming("chain", manifest)
    }

    /// The gap is small: nobody stands between.
    @Test func noAssistantIsNeededForANearTeacher() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var notices: [String] = []
        let report = try self.report(
            "near",
            run(
                "near",
                "teacher: student\nstudent: { model: convnet3, epochs: 1 }\nassistants: [auto]\nbaseline: false\n"
            ) { notices.append($0) })
        #expect(report.job.assistants == nil && report.job.teacher == report.job.student)
        #expect(notices.contains { $0.contains("no assistant is needed") })
        #expect(!report.epochs.contains { $0.stage == .assistant })
    }

    @Test func aTeacherIsChosenByWhatItsStudentLearns() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let manifest = """
            teachers: [{ model: resnet8, epochs: 3 }, { model: convnet3, epochs: 1 }]
            student: { model: convnet3, epochs: 2 }
            distillation: { audition: 2, weakTeacher: warn }
            baseline: false

            """
        let report = try self.report("audition", run("audition", manifest))
        let audition = try #require(report.audition)
        #expect(audition.trials.map(\.teachers) == [[1], [2], [1, 2]])
        let chosen = audition.chosen
        #expect(try #require(audition.images) > 0)
        // One alone is the best; all teach where none is ahead by more than chance.
        #expect(chosen.teachers == [1, 2] || audition.trials.allSatisfy { $0.accuracy <= chosen.accuracy })
        let standings = try #require(report.teachers)
        for one in standings {
            #expect((one.weight > 0) == chosen.teachers.contains(one.number))
            #expect((one.reason?.contains("not chosen") ?? false) == !chosen.teachers.contains(one.number))
        }
        #expect(try page("audition").contains("After 2 epochs the student of"))
        try checkResuming("audition", manifest)
    }

    /// Moves every other training image to `unlabelled/`.
    private func hideLabels(all: Bool) throws {
        let files = FileManager.default
        let top = all ? "plain" : "shapes"
        try files.createDirectory(atPath: path("\(top)/unlabelled"), withIntermediateDirectories: true)
        for name in try files.contentsOfDirectory(atPath: path("shapes/train")) {
            let images = try files.contentsOfDirectory(atPath: path("shapes/train/\(name)")).sorted()
            for (i, image) in images.enumerated() where all || i % 2 == 0 {
                try files.moveItem(
                    atPath: path("shapes/train/\(name)/\(image)"), toPath: path("\(top)/unlabelled/\(image)"))
            }
        }
    }

    @Test func unlabelledImagesAreUsed() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try hideLabels(all: false)
        let manifest =
            "teacher: { model: resnet8, epochs: 2 }\nstudent: { model: convnet3, epochs: 2 }\n"
            + "distillation: { weakTeacher: warn }\nbaseline: false\n"
        let report = try self.report("mixed", run("mixed", manifest))
        #expect(report.data.unlabelled == 60 && report.data.answeredBy == nil)
        #expect(report.data.splits[0].images + report.data.splits[1].images == 60)
        #expect(try page("mixed").contains("60 training without a label"))
        // Nobody teaches: they are of no use, and that is said.
        var notices: [String] = []
        _ = try self.report(
            "alone",
            run(
                "alone",
                manifest.replacing("warn", with: "drop").replacing("false", with: "true")
                    .replacing("resnet8, epochs: 2", with: "convnet3, width: 0.125, epochs: 1")
            ) { notices.append($0) })
        if notices.contains(where: { $0.contains("No teacher is left") }) {
            #expect(notices.contains { $0.contains("60 images without a label are not used") })
        }
    }

    @Test func aTeacherAloneIsEnough() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try run(
            "first", "teacher: { model: resnet8, epochs: 1 }\nstudent: { model: resnet8, epochs: 6 }\nbaseline: false\n"
        )
        guard case .finished = first else { throw Unfinished(outcome: first) }
        try FileManager.default.copyItem(
            atPath: path("first/staging/student.onnx"), toPath: path("teacher.onnx"))
        try hideLabels(all: true)
        let manifest = "teacher: { file: teacher.onnx }\nstudent: { model: convnet3, epochs: 3 }\n"
        let report = try self.report("plain", run("plain", manifest, dataset: "plain"))
        #expect(report.data.classes == ExampleDataset.classes)
        #expect(report.data.answeredBy == "teacher.onnx" && report.data.unlabelled == 97)
        #expect(report.models.teacher.testAccuracy == 1 && report.models.baseline == nil)
        #expect(report.verdict.outcome == .notCompared && report.verdict.sentence.contains("no image has a label"))
        #expect(report.warnings.contains { $0.contains("how often either is right cannot be measured") })
        #expect(report.models.student.testAccuracy > 0.12)
        // A teacher that would have to be trained has nothing to learn from.
        guard case .failed(let failure) = try run("none", "teacher: resnet8\n", dataset: "plain") else {
            Issue.record("a job without labels and without a teacher did not fail")
            return
        }
        #expect(failure.code == "dataset.unlabelled" && failure.fix.contains("teacher.file"))
    }
}
