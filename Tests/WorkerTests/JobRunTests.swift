import Datasets
import Exporters
import Foundation
import Manifests
import Reporting
import Testing
import Worker

/// Whole jobs on a few drawn images, in this process.
@Suite(.serialized) struct JobRunTests {
    /// A folder with a dataset and room for one job's run, removed at the end.
    final class Bench {
        let folder: URL
        init(manifest: String) throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("job-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try ExampleDataset.write(to: dataset, seed: 3, trainPerClass: 12, testPerClass: 4)
            try Data(manifest.utf8).write(to: folder.appendingPathComponent("tiny.job.yaml"))
        }
        deinit { try? FileManager.default.removeItem(at: folder) }

        var dataset: String { folder.appendingPathComponent("shapes").path }

        func order(_ run: String, threads: Int = 2) -> WorkOrder {
            WorkOrder(
                jobID: "tiny-1", manifestPath: folder.appendingPathComponent("tiny.job.yaml").path,
                manifestName: "tiny.job.yaml", datasetPath: dataset,
                stagingDirectory: folder.appendingPathComponent("\(run)/staging").path,
                checkpointDirectory: folder.appendingPathComponent("\(run)/checkpoints").path,
                cacheDirectory: folder.appendingPathComponent("cache").path, threads: threads)
        }

        func file(_ run: String, _ name: String) throws -> Data {
            try Data(contentsOf: folder.appendingPathComponent("\(run)/staging/\(name)"))
        }
    }

    private static let manifest = """
        name: tiny
        dataset: shapes
        input: { width: 16, height: 16, channels: rgb }
        teacher: { model: resnet8, epochs: 2 }
        student: { model: convnet3, epochs: 2 }
        training: { batch: 16 }
        distillation: { weakTeacher: warn }
        """

    @Test func aJobLeavesEveryFile() throws {
        let bench = try Bench(manifest: Self.manifest)
        var events: [WorkerEvent] = []
        let outcome = JobRun(order: bench.order("a"), emit: { events.append($0) }, shouldStop: { false }).run()
        guard case .finished(let headline) = outcome else {
            Issue.record("the job ended as \(outcome)")
            return
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: bench.order("a").stagingDirectory)
        #expect(
            Set(names) == [
                "report.html", "report.json", "metrics.csv", "job.yaml", "student.onnx", "student.safetensors",
                "student.int8.onnx", "student.h", "labels.txt", "preprocess.json", "MODEL_CARD.md", "SHA256SUMS",
                "events.out.tfevents.distilld",
            ])
        let report = try JobReport(encoded: try bench.file("a", "report.json"))
        #expect(report.models.student.testCount == 40)
        #expect(report.models.student.testAccuracy == headline.studentAccuracy)
        #expect(report.epochs.count == 6)
        let insights = try #require(report.insights)
        #expect(insights.calibration.map(\.role) == [.teacher, .student, .baseline])
        #expect(insights.robustness.first?.student == report.models.student.testAccuracy)
        #expect(insights.robustness.count == 1 + Perturbation.allCases.count)
        #expect(insights.labelsChecked > 0 && insights.suspectCount >= insights.suspectLabels.count)
        #expect(report.models.student.fileBytes == (try bench.file("a", "student.onnx")).count)

        // Ten classes: two of each, as long as there is room for 24.
        let samples = try #require(report.data.samples)
        #expect(samples.map(\.className) == report.data.classes.flatMap { [$0, $0] })
        #expect(samples.allSatisfy { $0.image.hasPrefix("data:image/png;base64,") && $0.path.contains($0.className) })
        let working = "\(bench.order("a").checkpointDirectory)/\(DataSample.fileName)"
        let early = try JSONDecoder().decode([DataSample].self, from: Data(contentsOf: URL(fileURLWithPath: working)))
        #expect(early == samples)

        // Every mistake is shown with what both networks looked at.
        #expect(!report.mistakes.isEmpty)
        for mistake in report.mistakes {
            for view in [mistake.studentView, mistake.teacherView] {
                #expect(view?.hasPrefix("data:image/jpeg;base64,") == true)
            }
        }

        let forms = try #require(report.forms)
        #expect(forms.map(\.file) == ["student.safetensors", "student.onnx", "student.int8.onnx", "student.h"])
        for form in forms {
            #expect(form.problem == nil, "\(form)")
            #expect(form.bytes == (try bench.file("a", form.file)).count && form.memoryBytes > 0)
        }
        #expect(forms[0].accuracy == report.models.student.testAccuracy && forms[0].agreement == 1)

        // The resolved manifest is one that can be run, and says what was run.
        let manifest = [UInt8](try bench.file("a", "job.yaml"))
        #expect(try ManifestParser.parse(manifest, file: "job.yaml").spec == report.job)

        if case .started(_, let resumed) = events.first { #expect(!resumed) } else { Issue.record("no first event") }
        #expect(events.last == .finished(headline))
        let epochs = events.compactMap { if case .epoch(let record) = $0 { record } else { nil } }
        #expect(epochs.map(\.stage) == [.teacher, .teacher, .student, .student, .baseline, .baseline])

        // The saved student answers with one of its classes, in every form alike.
        let staging = bench.order("a").stagingDirectory
        let predictor = try Predictor(path: staging)
        let image = try #require(
            FileManager.default.enumerator(atPath: bench.dataset + "/test")?.compactMap { $0 as? String }
                .filter { $0.hasSuffix("png") || $0.hasSuffix("jpg") }.min())
        let answers = try predictor.predict(image: bench.dataset + "/test/" + image)
        #expect(answers.count == 10)
        #expect(abs(answers.reduce(0) { $0 + $1.probability } - 1) < 1e-9)
        for (file, tolerance) in [("student.onnx", 1e-4), ("student.int8.onnx", 0.1), ("student.h", 0.1)] {
            let other = try Predictor(path: "\(staging)/\(file)").predict(image: bench.dataset + "/test/" + image)
            let probability = try #require(other.first { $0.name == answers[0].name }?.probability)
            #expect(abs(probability - answers[0].probability) < tolerance, "\(file)")
        }
        try exportsAgain(staging, images: bench.dataset + "/test", to: bench.folder)
    }

    /// `distilld export` from the folder, and from the safetensors file in it.
    private func exportsAgain(_ staging: String, images: String, to folder: URL) throws {
        for form in ExportCommand.Form.allCases where form != .mlflow {
            let copy = folder.appendingPathComponent("copy-\(form.fileName)").path
            try ExportCommand(model: staging, form: form, output: copy, images: []).run { _ in }
            let first = try Data(contentsOf: URL(fileURLWithPath: copy))
            let published = try Data(contentsOf: URL(fileURLWithPath: "\(staging)/\(form.fileName)"))
            #expect(first == published)
            let made = folder.appendingPathComponent("made-\(form.fileName)").path
            let model = "\(staging)/student.safetensors"
            try ExportCommand(model: model, form: form, output: made, images: [images]).run { _ in }
            let again = try Data(contentsOf: URL(fileURLWithPath: made))
            switch form {
            case .onnx, .safetensors: #expect(again == published)
            // Their ranges are those of other images.
            case .mlflow: break
            case .int8, .c: #expect(abs(again.count - published.count) < published.count / 4)
            }
            #expect(throws: JobFailure.self, "what is there is not written over") {
                try ExportCommand(model: model, form: form, output: made, images: [images]).run { _ in }
            }
        }
    }

    @Test func theLastJobOnTheSameDataIsHeldAgainstThisOne() throws {
        let bench = try Bench(manifest: Self.manifest)
        guard case .finished = JobRun(order: bench.order("a"), emit: { _ in }, shouldStop: { false }).run() else {
            Issue.record("the first job did not finish")
            return
        }
        let first = try JobReport(encoded: try bench.file("a", "report.json"))
        #expect(first.previous == nil)
        try Data(Self.manifest.replacing("convnet3, epochs: 2", with: "convnet3, epochs: 1").utf8)
            .write(to: bench.folder.appendingPathComponent("tiny.job.yaml"))
        var order = bench.order("b")
        order.jobID = "tiny-2"
        // What cannot be read is passed over.
        order.earlierJobs = [bench.folder.path, bench.order("a").stagingDirectory]
        guard case .finished = JobRun(order: order, emit: { _ in }, shouldStop: { false }).run() else {
            Issue.record("the second job did not finish")
            return
        }
        let second = try JobReport(encoded: try bench.file("b", "report.json"))
        let previous = try #require(second.previous)
        #expect(previous.jobID == "tiny-1" && previous.accuracy == first.models.student.testAccuracy)
        #expect(previous.difference == second.models.student.testAccuracy - previous.accuracy)
        #expect(previous.interval95.contains(previous.difference) && previous.seconds == first.seconds)
        #expect(previous.settings.map(\.key) == ["student.epochs"])
        #expect(previous.settings[0].before == "2" && previous.settings[0].now == "1")
        let page = String(decoding: try bench.file("b", "report.html"), as: UTF8.self)
        #expect(page.contains("Since the last job on this data") && page.contains("student.epochs"))
    }

    /// The student for integers too, in the second job.
    @Test(arguments: ["", "\nquantize: qat\n"]) func stoppedAnywhereTheModelsAreTheSameBytes(more: String) throws {
        let bench = try Bench(manifest: Self.manifest + more)
        guard case .finished = JobRun(order: bench.order("whole"), emit: { _ in }, shouldStop: { false }).run() else {
            Issue.record("the unbroken job did not finish")
            return
        }
        // Asked to stop after 1, 2, 3, ... questions: within stages, between them, and with other threads.
        var outcome = JobRun.Outcome.suspended
        var runs = 0
        while outcome == .suspended, runs < 200 {
            var left = 3 + runs * 5
            let order = bench.order("broken", threads: 1 + runs % 3)
            outcome =
                JobRun(
                    order: order, emit: { _ in },
                    shouldStop: {
                        left -= 1
                        return left < 0
                    }
                ).run()
            runs += 1
        }
        guard case .finished = outcome else {
            Issue.record("the broken job ended as \(outcome)")
            return
        }
        #expect(runs > 3)
        for name in [
            "student.onnx", "student.int8.onnx", "student.h", "student.safetensors", "labels.txt", "preprocess.json",
            "job.yaml",
        ] {
            #expect(try bench.file("broken", name) == bench.file("whole", name), "\(name)")
        }
    }

    /// Integers that were trained, with the figures of both ways and rows for the epochs.
    @Test func integersAreTrainedWhereAsked() throws {
        let bench = try Bench(manifest: Self.manifest + "\nquantize: qat\n")
        var stages: [Stage] = []
        let outcome = JobRun(
            order: bench.order("a"), emit: { if case .stage(let stage, _) = $0 { stages.append(stage) } },
            shouldStop: { false }
        ).run()
        guard case .finished = outcome else {
            Issue.record("the job ended as \(outcome)")
            return
        }
        let others: [Stage] = [.assistant, .audition, .peer, .tune]
        #expect(stages == Stage.allCases.filter { !others.contains($0) })
        let report = try JobReport(encoded: try bench.file("a", "report.json"))
        let result = try #require(report.quantization)
        let trained = try #require(result.trainedAccuracy)
        #expect(result.epochs == 1 && result.images > 0 && (0...1).contains(trained))
        #expect(result.keepsTrained == (trained > result.roundedAccuracy))
        #expect(report.epochs.map(\.stage).filter { $0 == .quantize }.count == 1)
        #expect(String(decoding: try bench.file("a", "report.html"), as: UTF8.self).contains("trained on for 1 epoch"))
        #expect(report.forms?.allSatisfy { $0.problem == nil } == true)
    }

    @Test func noIntegersWhereNoneAreWanted() throws {
        let bench = try Bench(manifest: Self.manifest + "\nquantize: none\n")
        let outcome = JobRun(order: bench.order("a"), emit: { _ in }, shouldStop: { false }).run()
        guard case .finished = outcome else {
            Issue.record("the job ended as \(outcome)")
            return
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: bench.order("a").stagingDirectory)
        #expect(!names.contains("student.int8.onnx") && !names.contains("student.h"))
        let report = try JobReport(encoded: try bench.file("a", "report.json"))
        #expect(report.forms?.map(\.file) == ["student.safetensors", "student.onnx"] && report.quantization == nil)
    }

    @Test func aJobThatCannotBeDoneSaysWhy() throws {
        let bench = try Bench(manifest: "dataset: shapes\nteacher: { model: resnet21 }\n")
        let outcome = JobRun(order: bench.order("a"), emit: { _ in }, shouldStop: { false }).run()
        guard case .failed(let failure) = outcome else {
            Issue.record("the job ended as \(outcome)")
            return
        }
        #expect(failure.code == "manifest.invalid")
        #expect(failure.details.contains { $0.contains("tiny.job.yaml:2:") && $0.contains("resnet20") })
        let page = String(decoding: try bench.file("a", "report.html"), as: UTF8.self)
        #expect(page.contains("resnet21"))
        #expect(try bench.file("a", "error.json").count > 0)
    }

    @Test func identifiersDoNotCollide() {
        let date = Date(timeIntervalSince1970: 1_795_517_592)
        let first = JobIdentifier.make(name: "a", at: date) { _ in false }
        #expect(first == "a-20261124-105312")
        #expect(JobIdentifier.make(name: "a", at: date) { $0 == first } == first + "-2")
    }
}
