import Foundation
import Manifests
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
        let lines = try Distilld.run("logs", "long", "--json", "--config", site.config).output.split(separator: "\n")
        #expect(!lines.isEmpty)
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
            #expect(object?.keys.map { $0 } == ["line"], "\(line)")
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
        let json = try Distilld.run("check", "--json", manifest.path)
        let checked = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(json.exitCode == 0 && checked["isUsable"] as? Bool == true)
        #expect((checked["dataset"] as? [String: Any])?["images"] as? Int == 170)
        #expect((checked["settings"] as? [String: String])?["distillation.temperature"] == "4")
        #expect(((checked["estimate"] as? [String: Any])?["seconds"] as? Double ?? 0) > 0)
        let broken = site.url("broken.job.yaml")
        try Data("dataset: shapes\nstudnet: x\n".utf8).write(to: broken)
        let refused = try Distilld.run("check", "--json", broken.path)
        let why = try #require(JSONSerialization.jsonObject(with: Data(refused.output.utf8)) as? [String: Any])
        #expect(refused.exitCode == 65 && why["isUsable"] as? Bool == false)
        let problem = (why["problems"] as? [[String: Any]])?.first
        #expect(problem?["line"] as? Int == 2 && problem?["suggestion"] as? String == "student")

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

        // A folder at once, as tables for programs; what cannot be read has its reason there.
        try Data("no image".utf8).write(to: site.url("shapes/test/broken.png"))
        let table = try Distilld.run(
            "predict", site.url("out/\(folder)").path, site.url("shapes/test").path, "--csv", "--top", "2")
        #expect(table.exitCode == 1)
        let rows = table.output.split(separator: "\n")
        #expect(rows.first == "file,class,probability,error")
        #expect(rows.count == 1 + 2 * 50 + 1)
        #expect(rows.filter { $0.contains("broken.png,,,") }.count == 1)
        try FileManager.default.removeItem(at: site.url("shapes/test/broken.png"))

        // What the run left as its manifest gives the same student again.
        let repeated = site.url("again.job.yaml")
        try FileManager.default.copyItem(at: site.url("out/\(folder)/job.yaml"), to: repeated)
        let second = try Distilld.run("run", repeated.path, "--out", site.url("again").path, "--threads", "3")
        #expect(second.exitCode == 0, "\(second.errors)")
        let twin = try #require(try site.names("again").first { $0.hasPrefix("tiny-") })
        for name in SmallJob.deterministic {
            #expect(try site.file("again/\(twin)/\(name)") == site.file("out/\(folder)/\(name)"), "\(name)")
        }
        let compared = try Distilld.run(
            "compare", "--json", site.url("out/\(folder)").path, site.url("again/\(twin)").path)
        let same = try JSONDecoder().decode(Comparison.self, from: Data(compared.output.utf8))
        #expect(same.settings.isEmpty)
        #expect(same.jobs.count == 2)
        #expect(same.jobs[0].accuracy == same.jobs[1].accuracy)
    }

    private struct Comparison: Decodable {
        struct Job: Decodable { var accuracy: Double }
        struct Setting: Decodable { var key: String }
        var jobs: [Job]
        var settings: [Setting]
    }

    @Test func aDatasetBecomesAFirstManifest() throws {
        let site = try Site()
        try SmallJob.writeDataset(to: site.url("my shapes"))
        let first = try Distilld.run("init", site.url("my shapes").path)
        #expect(first.exitCode == 0, "\(first.errors)")
        let manifest = site.url("my-shapes.job.yaml")
        let check = try Distilld.run("check", manifest.path)
        #expect(check.exitCode == 0, "\(check.errors)")
        #expect(check.output.contains("dataset: \"my shapes\""))
        let text = String(decoding: try Data(contentsOf: manifest), as: UTF8.self)
        #expect(text.contains("NOTE: few images of bolt (17)"), "\(text)")
        // Never over a file that someone may have edited.
        let second = try Distilld.run("init", site.url("my shapes").path)
        #expect(second.exitCode == 1)
        #expect(second.errors.contains("my-shapes.job.yaml"))
        // Elsewhere the dataset goes by its whole path, for it is not beside the manifest.
        let elsewhere = site.url("Inbox/other.job.yaml")
        try FileManager.default.createDirectory(at: site.url("Inbox"), withIntermediateDirectories: true)
        #expect(try Distilld.run("init", site.url("my shapes").path, "-o", elsewhere.path).exitCode == 0)
        #expect(String(decoding: try Data(contentsOf: elsewhere), as: UTF8.self).contains(site.url("my shapes").path))
        #expect(try Distilld.run("init", site.url("nothing").path).exitCode == 65)
    }

    @Test func theDoctorFindsWhatKeepsJobsFromRunning() throws {
        let site = try Site()
        try site.start()
        try site.wait("the daemon to serve") { site.log.contains("Serving") }
        let well = try Distilld.run("doctor", "--config", site.config)
        #expect(well.exitCode == 0, "\(well.output)\(well.errors)")
        #expect(well.output.contains("daemon: running"))
        try site.stop()
        try FileManager.default.removeItem(at: site.url("Outbox"))
        try Data().write(to: site.url("Outbox"))
        let ill = try Distilld.run("doctor", "--json", "--config", site.config)
        #expect(ill.exitCode == 1)
        let found = try JSONDecoder().decode([Diagnosis].self, from: Data(ill.output.utf8))
        #expect(found.contains { $0.level == .problem && $0.subject == "outbox" && $0.fix != nil })
        #expect(found.contains { $0.level == .warning && $0.subject == "daemon" })
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
