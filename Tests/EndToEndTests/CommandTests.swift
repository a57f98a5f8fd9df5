import Foundation
import Testing

/// The commands around the daemon, as a person types them.
@Suite(.serialized) struct CommandTests {
    @Test func jobsCanBeWatchedCancelledAndTriedAgain() throws {
        let site = try Site()
        let never = try Distilld.run("status", "--config", site.config)
        #expect(never.exitCode == 66)
        #expect(never.errors.contains("distilld serve"), "\(never.errors)")
        try SmallJob.writeDataset(to: site.url("Inbox/shapes"))
        try site.start()
        try site.drop(SmallJob.manifest(epochs: 4000), as: "long.job.yaml")
        try site.wait("an epoch of the long job") {
            let status = try Distilld.run("status", "--json", "--config", site.config)
            return status.output.contains("\"epoch\" : ")
        }
        try site.drop(SmallJob.manifest(), as: "next.job.yaml")
        try site.wait("the next job to be queued") {
            try Distilld.run("status", "--config", site.config).output.contains("Queued (1)")
        }
        // Cancelled before its start by removing its manifest.
        try FileManager.default.removeItem(at: site.url("Inbox/next.job.yaml"))
        try site.wait("the next job to be cancelled") {
            !(try Distilld.run("status", "--config", site.config).output.contains("Queued"))
        }
        let log = try Distilld.run("logs", "long", "--config", site.config)
        #expect(log.exitCode == 0)
        #expect(log.output.contains("worker started"))

        let cancelled = try Distilld.run("cancel", "long", "--config", site.config)
        #expect(cancelled.exitCode == 0, "\(cancelled.errors)")
        try site.wait("the long job to stop") { try site.workers().isEmpty && site.names("State/jobs").isEmpty }
        #expect(try site.names("Outbox").isEmpty)

        // Tried again, and cancelled by a file.
        let again = try Distilld.run("retry", "long", "--config", site.config)
        #expect(again.exitCode == 0, "\(again.errors)")
        try site.wait("the long job to run again") { try !site.workers().isEmpty }
        try site.drop("", as: "long.cancel")
        try site.wait("the long job to stop again") { try site.workers().isEmpty && site.names("State/jobs").isEmpty }
        #expect(try site.names("Outbox").isEmpty)

        let unknown = try Distilld.run("cancel", "nothing", "--config", site.config)
        #expect(unknown.exitCode == 66)
        #expect(unknown.errors.contains("no job \"nothing\""))
        try site.stop()
        let idle = try Distilld.run("status", "--config", site.config)
        #expect(idle.output.contains("not running"))
        let dead = try Distilld.run("cancel", "long", "--config", site.config)
        #expect(dead.exitCode != 0)
    }

    @Test func aSecondDaemonIsRefused() throws {
        let site = try Site()
        try site.start()
        try site.wait("the daemon to serve") { site.log.contains("Serving") }
        let second = try Distilld.run("serve", "--config", site.config)
        #expect(second.exitCode == 73)
        #expect(second.errors.contains("\(try #require(site.daemonPID))"), "\(second.errors)")
    }

    @Test func aJobRunsInTheForeground() throws {
        let site = try Site()
        let made = try Distilld.run("example", site.url("shapes").path, "--train", "12", "--test", "5")
        #expect(made.exitCode == 0, "\(made.errors)")
        let manifest = site.url("tiny.job.yaml")
        try Data(SmallJob.manifest().utf8).write(to: manifest)

        let check = try Distilld.run("check", manifest.path)
        #expect(check.exitCode == 0, "\(check.errors)")
        #expect(check.output.contains("temperature: 4"))
        #expect(check.output.contains("170 images in 10 classes"))
        #expect(check.output.contains("time on this machine"))

        let run = try Distilld.run("run", manifest.path, "--out", site.url("out").path)
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(run.errors.contains("epoch 2/2"))
        let folder = try #require(try site.names("out").first { $0.hasPrefix("tiny-") })
        #expect(try site.names("out/\(folder)") == SmallJob.files.filter { $0 != "log.txt" })

        let show = try Distilld.run("show", site.url("out/\(folder)").path)
        #expect(show.output.contains("student (convnet3)"))
        #expect(show.output.contains("baseline (convnet3)"))

        let images = try FileManager.default.subpathsOfDirectory(atPath: site.url("shapes/test").path)
            .filter { $0.hasSuffix("png") || $0.hasSuffix("jpg") }.sorted().prefix(3)
        let paths = images.map { site.url("shapes/test/\($0)").path }
        let predict = try Distilld.run("predict", site.url("out/\(folder)").path, paths[0], paths[1], paths[2])
        #expect(predict.exitCode == 0, "\(predict.errors)")
        let lines = predict.output.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.allSatisfy { $0.hasSuffix("%") })

        // What the run left as its manifest gives the same student again.
        let repeated = site.url("again.job.yaml")
        try FileManager.default.copyItem(at: site.url("out/\(folder)/job.yaml"), to: repeated)
        let second = try Distilld.run("run", repeated.path, "--out", site.url("again").path, "--threads", "3")
        #expect(second.exitCode == 0, "\(second.errors)")
        let twin = try #require(try site.names("again").first { $0.hasPrefix("tiny-") })
        for name in SmallJob.deterministic {
            #expect(try site.file("again/\(twin)/\(name)") == site.file("out/\(folder)/\(name)"), "\(name)")
        }
    }

    @Test func mistakesAreNamedAllAtOnce() throws {
        let site = try Site()
        let manifest = site.url("bad.job.yaml")
        try Data("dataset: x\nstudnet: resnet8\nteacher: { model: resnet9, epochs: -1 }\n".utf8).write(to: manifest)
        let check = try Distilld.run("check", manifest.path)
        #expect(check.exitCode == 65)
        for part in ["bad.job.yaml:2:1", "student", "bad.job.yaml:3:19", "resnet8", "bad.job.yaml:3:36"] {
            #expect(check.errors.contains(part), "\(part) in \(check.errors)")
        }
        let run = try Distilld.run("run", manifest.path, "--out", site.url("out").path)
        #expect(run.exitCode == 65)
        let nonsense = try Distilld.run("frobnicate")
        #expect(nonsense.exitCode == 64)
    }
}
