import Foundation
import Manifests
import Reporting
import Testing
import Worker

/// Jobs that choose their student from several.
@Suite(.serialized) struct TuneJobTests {
    private static let manifest = """
        name: tiny
        dataset: shapes
        input: { width: 16, height: 16, channels: rgb }
        teacher: { model: resnet8, epochs: 2 }
        training: { batch: 16 }
        quantize: none

        """

    private func run(
        _ bench: JobRunTests.Bench, _ name: String, events: ((WorkerEvent) -> Void)? = nil,
        shouldStop: @escaping () -> Bool = { false }, threads: Int = 2
    ) -> JobRun.Outcome {
        JobRun(order: bench.order(name, threads: threads), emit: events ?? { _ in }, shouldStop: shouldStop).run()
    }

    @Test func aTunedJobLeavesWhatRepeatsIt() throws {
        let bench = try JobRunTests.Bench(
            manifest: Self.manifest + "student: { model: convnet3, epochs: 4 }\ntune: 8\nbaseline: false\n")
        var events: [WorkerEvent] = []
        guard case .finished = run(bench, "a", events: { events.append($0) }) else {
            Issue.record("the job ended with \(events.suffix(1))")
            return
        }
        let report = try JobReport(encoded: try bench.file("a", "report.json"))
        let record = try #require(report.tuning)
        #expect(record.trials.count == 8 && record.asked.trials == 8)
        #expect(report.students?.count == 2 && report.students?.filter(\.isChosen).count == 1)
        #expect(report.students?.contains { $0.name == "trial-1" } == true)
        let trials = events.filter { if case .trial = $0 { true } else { false } }
        #expect(trials.count == record.rungs.reduce(0) { $0 + $1.trials })
        let told = events.compactMap { if case .epoch(let epoch) = $0 { epoch.stage } else { nil } }
        #expect(told == [.teacher, .teacher] + [Stage](repeating: .student, count: 4))
        let page = String(decoding: try bench.file("a", "report.html"), as: UTF8.self)
        #expect(page.contains("What was tried") && page.contains("parallel-t"))

        // The other student is a model of its own.
        let other = try #require(report.students?.first { !$0.isChosen }?.folder)
        let names = report.files.map(\.name).filter { $0.hasPrefix(other) }
        #expect(names.count == 5)
        let sums = String(decoding: try bench.file("a", "SHA256SUMS"), as: UTF8.self)
        #expect(names.allSatisfy { sums.contains("  \($0)\n") })

        // Dropped in again, its manifest gives the same student.
        let manifest = try bench.file("a", "job.yaml")
        #expect(report.job.tuning == nil && !report.job.distillation.isAuto)
        try manifest.write(to: bench.folder.appendingPathComponent("tiny.job.yaml"))
        guard case .finished = run(bench, "b") else {
            Issue.record("the job did not repeat")
            return
        }
        #expect(try bench.file("b", "student.safetensors") == bench.file("a", "student.safetensors"))
        #expect(try bench.file("b", "student.onnx") == bench.file("a", "student.onnx"))
    }

    @Test func severalStudentsWithStops() throws {
        let text =
            Self.manifest
            + "search: [convnet3, { model: dscnn-tiny, width: 0.5 }]\ntarget: 1%\nstudent: { epochs: 2 }\n"
        let bench = try JobRunTests.Bench(manifest: text)
        var outcome = JobRun.Outcome.suspended
        var runs = 0
        while outcome == .suspended, runs < 100 {
            var left = 5 + runs * 11
            outcome = run(
                bench, "a",
                shouldStop: {
                    left -= 1
                    return left < 0
                }, threads: 1 + runs % 3)
            runs += 1
        }
        guard case .finished = outcome, case .finished = run(bench, "whole") else {
            Issue.record("the job ended as \(outcome)")
            return
        }
        #expect(runs > 3)
        let report = try JobReport(encoded: try bench.file("a", "report.json"))
        let students = try #require(report.students)
        #expect(students.map(\.name) == ["convnet3", "dscnn-tiny-w0.5"])
        // Anything reaches 1%, so the smaller one is kept, and its baseline is of its own kind.
        let smaller = try #require(students.min { $0.parameters < $1.parameters })
        #expect(smaller.isChosen && report.models.student.parameters == smaller.parameters)
        #expect(report.models.baseline?.parameters == smaller.parameters)
        let other = try #require(students.first { !$0.isChosen }?.folder)
        for name in ["student.onnx", "student.safetensors", "\(other)/student.onnx", "job.yaml"] {
            #expect(try bench.file("a", name) == bench.file("whole", name), "\(name)")
        }
        let page = String(decoding: try bench.file("a", "report.html"), as: UTF8.self)
        #expect(page.contains("What size costs") && page.contains("front-size-t"))
    }
}
