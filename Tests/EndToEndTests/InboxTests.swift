import Foundation
import Manifests
import Reporting
import Testing

/// What lies in a running daemon's inbox, and what comes of it.
@Suite(.serialized) struct InboxTests {
    /// Good and bad drops at the same time: each ends as it should, and none harms another.
    @Test func everyDropEndsAsItShould() throws {
        let site = try Site("jobsAtOnce: 2")
        try site.start()
        try SmallJob.writeDataset(to: site.url("Inbox/shapes"))
        try site.drop(SmallJob.manifest(), as: "first.job.yaml")
        try site.drop(SmallJob.manifest(name: "second"), as: "other name.job.yaml")
        try site.drop("dataset: shapes\nteecher: { model: resnet8 }\nseed: many\n", as: "broken.job.yaml")
        // A folder that holds a manifest, but no images.
        try FileManager.default.createDirectory(at: site.url("Inbox/garbage"), withIntermediateDirectories: true)
        for name in ["a/notes.txt", "b/blob.bin"] {
            let file = site.url("Inbox/garbage/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data("neither fish nor flesh".utf8).write(to: file)
        }
        try site.drop(SmallJob.manifest("garbage"), as: "garbage.job.yaml")

        // An archive that comes in two parts, the second five seconds later.
        let archive = try Tar.pack(site.url("Inbox/shapes"))
        let half = archive.count / 2 + 100
        let target = site.url("Inbox/slow.tar")
        try site.drop(SmallJob.manifest("slow.tar"), as: "slow.job.yaml")
        let partial = try FileHandle(forWritingTo: created(target))
        // A slow copy never pauses for as long as the settle time.
        let pieces = 12
        for piece in 0..<pieces {
            let from = piece < pieces - 1 ? piece * half / (pieces - 1) : half
            let to = piece < pieces - 1 ? (piece + 1) * half / (pieces - 1) : archive.count
            if piece == pieces - 1 { usleep(350_000) }
            try partial.write(contentsOf: archive[from..<to])
            if piece < pieces - 1 { usleep(430_000) }
        }
        try partial.close()

        for name in ["first", "second", "slow"] {
            let folder = try site.awaitJob(name)[0]
            #expect(try site.names(folder) == SmallJob.files, "\(name)")
            try checkSums(site, folder)
            let report = try JobReport(encoded: try site.file("\(folder)/report.json"))
            #expect(report.models.student.testCount == 50)
        }
        // The same data and seed, from a folder or an archive, once or twice: the same student.
        let students = try ["first", "second", "slow"].map { name in
            try JobReport(encoded: try site.file("Outbox/\(try site.published(name)[0])/report.json")).models.student
                .confusion
        }
        #expect(students[0] == students[1])
        #expect(students[0] == students[2])

        let broken = try site.awaitJob("broken")[0]
        #expect(try Set(site.names(broken)).isSuperset(of: ["error.json", "report.html"]))
        let error = String(decoding: try site.file("\(broken)/error.json"), as: UTF8.self)
        #expect(error.contains("broken.job.yaml:2:1"))
        #expect(error.contains("teacher"))
        #expect(error.contains("broken.job.yaml:3:7"))
        let garbage = try site.awaitJob("garbage")[0]
        let reason = String(decoding: try site.file("\(garbage)/error.json"), as: UTF8.self)
        #expect(reason.contains("\"code\" : \"dataset."))
        #expect(try site.names("Inbox/.failed").count == 2)

        // Each once, and nothing else.
        #expect(try site.names("Outbox").count == 5)
        #expect(try site.names("Inbox").filter { !$0.hasPrefix(".") } == ["garbage", "shapes", "slow.tar"])
        #expect(try site.stop().code == 0)
        #expect(try site.names("State/jobs").isEmpty)
    }

    @Test(.enabled(if: SmallJob.sharedData("cifar10-small.tar") != nil, "the folder shared/data is not there"))
    func realPhotographsAreDistilled() throws {
        let archive = try #require(SmallJob.sharedData("cifar10-small.tar"))
        let site = try Site(threads: 2)
        try site.start()
        try FileManager.default.copyItem(at: archive, to: site.url("Inbox/cifar10-small.tar"))
        try site.drop(
            """
            dataset: cifar10-small.tar
            teacher: { model: resnet8, epochs: 4 }
            student: { model: convnet3, epochs: 4 }

            """, as: "photos.job.yaml")
        let folder = try site.awaitJob("photos", seconds: 400)[0]
        #expect(try site.names(folder) == SmallJob.files)
        try checkSums(site, folder)
        let report = try JobReport(encoded: try site.file("\(folder)/report.json"))
        #expect(report.data.classes.count == 10)
        #expect(report.models.student.testCount == 1000)
        // Guessing gives a tenth.
        #expect(report.models.teacher.testAccuracy > 0.3)
        #expect(report.models.student.testAccuracy > 0.2)
    }

    private func created(_ url: URL) throws -> URL {
        try Data().write(to: url)
        return url
    }

    /// With sha256sum(1), as a user would.
    private func checkSums(_ site: Site, _ folder: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sha256sum", "--quiet", "--check", "SHA256SUMS"]
        process.currentDirectoryURL = site.url(folder)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(folder)")
    }
}
