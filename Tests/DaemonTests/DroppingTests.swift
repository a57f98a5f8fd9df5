import Foundation
import Manifests
import Testing

@testable import Daemon

/// The ways in which a user drops a job.
@Suite struct DroppingTests {
    @Test func theManifestMayComeFirst() async throws {
        let bench = try Bench()
        try await bench.serving {
            try bench.dropManifest()
            try await eventually("it waits for its dataset") {
                try await bench.note("tiny.job.yaml") == "waiting for shapes"
            }
            try bench.dropDataset()
            let job = try await bench.awaitJob()
            #expect(job.state == .done)
            #expect(job.name == "tiny")
            #expect(bench.outbox == [job.id])
            #expect(names(bench.outbox(job.id)) == ["log.txt", "student.onnx"])
            #expect(!exists(bench.inbox("tiny.job.yaml")))
            // The dataset stays for other jobs, the manifest is kept.
            #expect(exists(bench.inbox("shapes/round/1.png")))
            #expect(job.keptInput == bench.state.archived(job.id))
            #expect(names(bench.state.archived(job.id)) == ["tiny.job.yaml"])
        }
        bench.expectTidy()
    }

    @Test func theDatasetMayComeFirst() async throws {
        let bench = try Bench()
        try await bench.serving {
            try bench.dropDataset()
            try await eventually("it is seen") { try await bench.notes().map(\.kind) == [.dataset] }
            try bench.dropManifest()
            #expect(try await bench.awaitJob().state == .done)
        }
        bench.expectTidy()
    }

    @Test(arguments: [".", "shapes-job", "pictures"])
    func aFolderWithAManifestIsAJob(dataset: String) async throws {
        let bench = try Bench()
        try bench.dropManifest("shapes-job/job.yaml", dataset: dataset)
        try bench.dropDataset(dataset == "pictures" ? "shapes-job/pictures" : "shapes-job")
        try await bench.serving {
            let job = try await bench.awaitJob()
            #expect(job.state == .done, "\(job.summary ?? "")")
            #expect(job.name == "shapes-job")
            #expect(names(bench.config.inbox) == [DaemonNames.lock])
            #expect(names(bench.state.archived(job.id)) == ["shapes-job"])
        }
        bench.expectTidy()
    }

    @Test func aTeachersFileIsWaitedForAndStays() async throws {
        let bench = try Bench()
        try bench.dropDataset()
        try bench.dropManifest("tiny.job.yaml", "teacher: { file: teacher.onnx }")
        try await bench.serving {
            try await eventually("it waits for its teacher") {
                try await bench.note("tiny.job.yaml") == "waiting for teacher.onnx"
            }
            try bench.drop("half", as: "teacher.onnx.part")
            try await eventually("it says what it waits for") {
                try await bench.note("tiny.job.yaml")?.contains("teacher.onnx.part is still being written") == true
            }
            #expect(bench.runs.isEmpty)
            try FileManager.default.moveItem(
                atPath: bench.inbox("teacher.onnx.part"), toPath: bench.inbox("teacher.onnx"))
            #expect(try await bench.awaitJob().state == .done)
            #expect(exists(bench.inbox("teacher.onnx")))
        }
        bench.expectTidy()
    }

    @Test func aJobsFolderMayHoldItsTeacher() async throws {
        let bench = try Bench()
        try bench.dropManifest("shapes-job/job.yaml", dataset: "pictures", "teacher: { file: teacher.onnx }")
        try bench.dropDataset("shapes-job/pictures")
        try bench.drop("onnx", as: "shapes-job/teacher.onnx")
        let job = try await bench.serving { try await bench.awaitJob() }
        #expect(job.state == .done, "\(job.summary ?? "")")
        #expect(names(bench.config.inbox) == [DaemonNames.lock])
        bench.expectTidy()
    }

    @Test func aTeacherThatLeadsOutOfTheInboxIsRefused() async throws {
        let bench = try Bench()
        try bench.dropDataset()
        try FileManager.default.createSymbolicLink(
            atPath: bench.inbox("teacher.onnx"), withDestinationPath: "/etc/hostname")
        try bench.dropManifest("tiny.job.yaml", "teacher: { file: teacher.onnx }")
        try await bench.serving {
            let job = try await bench.awaitJob()
            #expect(job.state == .failed)
            let failure = try bench.failure(job.id)
            #expect(failure.code == "teacher.refused" && failure.location == "tiny.job.yaml: teacher.file")
            #expect(bench.runs.isEmpty)
        }
    }

    @Test func severalJobsShareADataset() async throws {
        let bench = try Bench { $0.jobsAtOnce = 2 }
        try bench.dropDataset()
        try bench.dropManifest("one.job.yaml")
        try bench.dropManifest("two.job.yml")
        try await bench.serving {
            let jobs = try await bench.awaitJobs(2)
            #expect(Set(jobs.map(\.name)) == ["one", "two"])
            #expect(jobs.allSatisfy { $0.state == .done })
            #expect(bench.outbox == jobs.map(\.id).sorted())
        }
        bench.expectTidy()
    }

    @Test func anArchiveIsADataset() async throws {
        let bench = try Bench()
        try bench.drop("PK", as: "shapes.zip")
        try bench.dropManifest(dataset: "shapes.zip")
        let job = try await bench.serving { try await bench.awaitJob() }
        #expect(job.state == .done)
        bench.expectTidy()
    }

    @Test func aDatasetAloneGetsAJobOnlyWhereTheConfigurationWantsIt() async throws {
        let bench = try Bench {
            $0.defaultJob = true
            $0.settleSeconds = 0.02
        }
        try bench.dropDataset()
        try await bench.serving {
            let job = try await bench.awaitJob()
            #expect(job.state == .done)
            #expect(job.source == .dataset)
            #expect(names(bench.config.inbox) == [DaemonNames.lock])
        }
        bench.expectTidy()
    }

    @Test func aBrokenManifestIsPublishedAsAFailureAndComesBack() async throws {
        let bench = try Bench()
        try bench.dropDataset()
        try bench.dropManifest("tiny.job.yaml", "teacher: { model: resnet21 }")
        try await bench.serving {
            let job = try await bench.awaitJob()
            #expect(job.state == .failed)
            let failure = try bench.failure(job.id)
            #expect(failure.code == "manifest.invalid")
            #expect(failure.location == "tiny.job.yaml:2:19")
            #expect(failure.details.contains { $0.contains("resnet21") })
            #expect(names(bench.outbox(job.id)).contains("report.html"))
            #expect(names(bench.inbox(".failed/\(job.id)")) == ["tiny.job.yaml"])
            #expect(exists(bench.inbox("shapes")))
            #expect(bench.runs.isEmpty)
        }
        bench.expectTidy()
    }

    @Test func whatIsNoJobIsLeftAlone() async throws {
        let bench = try Bench()
        try bench.drop("dear diary", as: "letter.txt")
        try bench.drop("dataset: shapes", as: "job.yaml~")
        try bench.drop("x: 1", as: "settings.yaml")
        try bench.drop("rubbish", as: "rubbish/a/b")
        try FileManager.default.createSymbolicLink(atPath: bench.inbox("link"), withDestinationPath: "/etc")
        try #require(mkfifo(bench.inbox("pipe"), 0o600) == 0)
        try await bench.serving {
            try await eventually("all are seen") { try await bench.notes().count == 5 }
            let reasons = try await bench.notes().reduce(into: [:]) { $0[$1.path] = $1.reason }
            #expect(reasons["letter.txt"]?.contains("neither a manifest") == true)
            #expect(reasons["settings.yaml"] == "a manifest's name ends in .job.yaml")
            #expect(reasons["link"]?.contains("symbolic link") == true)
            #expect(reasons["pipe"] == "a named pipe")
            #expect(reasons["rubbish"]?.contains("dataset") == true)
            try await eventually("it is logged") { bench.log.contains("Left alone in the inbox name=pipe") }
        }
        #expect(try await bench.jobs().isEmpty)
        #expect(exists(bench.inbox("pipe")))
        bench.expectTidy()
    }
}
