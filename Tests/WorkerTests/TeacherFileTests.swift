import Datasets
import Foundation
import Importers
import Manifests
import Reporting
import Testing
import Worker

/// Jobs whose teacher comes from a file: the student of a first job teaches in a second one.
@Suite(.serialized) struct TeacherFileTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("teacher-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try ExampleDataset.write(
            to: folder.appendingPathComponent("shapes").path, seed: 3, trainPerClass: 12, testPerClass: 4)
    }

    private func run(_ name: String, _ manifest: String, events: ((WorkerEvent) -> Void)? = nil) throws
        -> JobRun.Outcome
    {
        let file = folder.appendingPathComponent("\(name).job.yaml")
        try Data(manifest.utf8).write(to: file)
        let order = WorkOrder(
            jobID: "\(name)-1", manifestPath: file.path, manifestName: "\(name).job.yaml",
            datasetPath: folder.appendingPathComponent("shapes").path,
            files: Dictionary(
                uniqueKeysWithValues: ["teacher.onnx", "labels.txt"].map {
                    ($0, folder.appendingPathComponent($0).path)
                }),
            stagingDirectory: folder.appendingPathComponent("\(name)/staging").path,
            checkpointDirectory: folder.appendingPathComponent("\(name)/checkpoints").path,
            cacheDirectory: folder.appendingPathComponent("cache").path, threads: 2)
        return JobRun(order: order, emit: { events?($0) }, shouldStop: { false }).run()
    }

    private func file(_ job: String, _ name: String) -> URL {
        folder.appendingPathComponent("\(job)/staging/\(name)")
    }

    private static let common =
        "dataset: shapes\ninput: { width: 16, height: 16, channels: rgb }\ntraining: { batch: 16 }\n"

    @Test func aStudentTeachesTheNext() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try run(
            "first", Self.common + "teacher: { model: resnet8, epochs: 1 }\nstudent: { model: resnet8, epochs: 6 }\n")
        guard case .finished(let before) = first else {
            Issue.record("the first job ended as \(first)")
            return
        }
        try FileManager.default.copyItem(
            at: file("first", "student.onnx"), to: folder.appendingPathComponent("teacher.onnx"))
        var notices: [String] = []
        let second = try run(
            "second", Self.common + "teacher: { file: teacher.onnx }\nstudent: { model: convnet3, epochs: 2 }\n"
        ) { if case .notice(let text) = $0 { notices.append(text) } }
        guard case .finished = second else {
            Issue.record("the second job ended as \(second)")
            return
        }
        let report = try JobReport(encoded: Data(contentsOf: file("second", "report.json")))
        #expect(report.models.teacher.model == "teacher.onnx")
        #expect(abs(report.models.teacher.testAccuracy - before.studentAccuracy) < 0.03)
        #expect(report.models.teacher.epochsRun == 0)
        #expect(report.models.teacher.parameters > 70_000 && report.models.teacher.multiplyAccumulates > 1_000_000)
        #expect(!report.epochs.contains { $0.stage == .teacher })
        #expect(report.job.teacherFile == TeacherFile(path: "teacher.onnx"))
        #expect(notices.contains { $0.contains("The teacher") })
        // The resolved manifest says the same job again.
        let manifest = [UInt8](try Data(contentsOf: file("second", "job.yaml")))
        #expect(try ManifestParser.parse(manifest, file: "job.yaml").spec == report.job)
    }

    /// A teacher from a file, with names for its outputs, beside one that is trained; then files that do not fit.
    @Test func filesAndPresetsTeachTogether() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try run(
            "first",
            Self.common + "teacher: { model: resnet8, epochs: 1 }\nstudent: { model: resnet8, epochs: 4 }\n"
                + "baseline: false\nquantize: none\n")
        guard case .finished = first else {
            Issue.record("the first job ended as \(first)")
            return
        }
        try FileManager.default.copyItem(
            at: file("first", "student.onnx"), to: folder.appendingPathComponent("teacher.onnx"))
        try FileManager.default.copyItem(
            at: file("first", "labels.txt"), to: folder.appendingPathComponent("labels.txt"))
        let teachers = """
            teachers:
              - { file: teacher.onnx, labels: labels.txt, preprocess: { mean: [0.5], std: [0.5] }, weight: 2 }
              - { model: convnet3, epochs: 1 }
            student: { model: convnet3, epochs: 1 }
            baseline: false
            """
        var notices: [String] = []
        let second = try run("second", Self.common + teachers) {
            if case .notice(let text) = $0 { notices.append(text) }
        }
        guard case .finished = second else {
            Issue.record("the second job ended as \(second)")
            return
        }
        let report = try JobReport(encoded: Data(contentsOf: file("second", "report.json")))
        #expect(report.models.teacher.model == "teacher.onnx" && report.models.teacher.epochsRun == 0)
        #expect(report.epochs.filter { $0.stage == .teacher }.map(\.teacher) == [2])
        #expect(notices.contains { $0.hasPrefix("teacher.onnx, teacher 1: ") })

        // Names that are too few; a value that is not in the graph; nothing to look into.
        try Data("cat\ndog\n".utf8).write(to: folder.appendingPathComponent("labels.txt"))
        for (name, manifest, code) in [
            ("few", teachers, "teacher.labels"),
            ("nowhere", "teacher: { file: teacher.onnx, hints: [nowhere] }\n", "teacher.file"),
            (
                "size", "teacher: { file: teacher.onnx, preprocess: { mean: [0], std: [1], size: 64 } }\n",
                "teacher.file"
            ),
            (
                "row", "teacher: { file: teacher.onnx, hints: [stage2.0.act] }\ndistillation: { features: [crd] }\n",
                "features.unfit"
            ),
            (
                "stages", "teacher: { file: teacher.onnx, hints: [pool.flat] }\ndistillation: { features: [sp] }\n",
                "features.unfit"
            ),
        ] {
            guard case .failed(let failure) = try run(name, Self.common + manifest) else {
                Issue.record("\(name) did not fail")
                return
            }
            #expect(failure.code == code && !failure.fix.isEmpty, "\(failure)")
            if code == "features.unfit" { #expect(failure.fix.contains("`hints`")) }
        }
    }

    @Test func aFileThatIsNoNetworkFailsTheJobBeforeAnyTraining() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("no network".utf8).write(to: folder.appendingPathComponent("teacher.onnx"))
        var stages: [Stage] = []
        let outcome = try run("broken", Self.common + "teacher: { file: teacher.onnx }\n") {
            if case .stage(let stage, _) = $0 { stages.append(stage) }
        }
        guard case .failed(let failure) = outcome else {
            Issue.record("the job ended as \(outcome)")
            return
        }
        #expect(failure.code == "teacher.file")
        #expect(failure.location?.contains("teacher.onnx") == true && !failure.fix.isEmpty)
        #expect(!stages.contains(.student) && !stages.contains(.teacher))
    }

    @Test func theManifestKnowsEveryPreprocessing() {
        #expect(TeacherInput.names == TeacherPreprocessing.known.map(\.name))
    }
}
