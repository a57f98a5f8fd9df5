import Foundation
import Testing

/// What `--json` prints has the keys that `Etc/docs/json.md` names.
@Suite struct JSONOutputTests {
    private static let page: String? = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Etc/docs/json.md")
        return try? String(contentsOf: file, encoding: .utf8)
    }()

    /// Runs a command, and looks whether its row of the page names every key that it printed.
    private func object(_ arguments: String..., exitCode: Int32 = 0) throws -> [String: Any] {
        let result = try Distilld.run(arguments + ["--json"])
        #expect(result.exitCode == exitCode, "\(result.errors)")
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any], "\(result.output)")
        let rows = try #require(Self.page).split(separator: "\n").filter { $0.contains("`\(arguments[0]) --json") }
        let row = try #require(rows.first, "\(arguments[0]) has no row")
        for key in object.keys { #expect(row.contains("`\(key)`"), "\(arguments[0]): \(key)") }
        return object
    }

    @Test func commandsAroundAJob() throws {
        let site = try Site()
        let example = try object("example", site.url("shapes").path, "--train", "12", "--test", "5")
        #expect(example["trainPerClass"] as? Int == 12 && (example["classes"] as? [String])?.count == 10)

        let draft = try object("init", site.url("shapes").path, "-o", "-")
        #expect(draft["file"] == nil && (draft["manifest"] as? String)?.contains("dataset: shapes") == true)
        #expect((draft["dataset"] as? [String: Any])?["images"] as? Int == 170)
        let written = try object("init", site.url("shapes").path, "-o", site.url("first.job.yaml").path)
        #expect(written["file"] as? String == site.url("first.job.yaml").path)

        let manifest = site.url("tiny.job.yaml")
        try Data(SmallJob.manifest().utf8).write(to: manifest)
        let run = try object("run", manifest.path, "--out", site.url("out").path)
        let folder = try #require(run["folder"] as? String)
        let identifier = try #require(run["jobID"] as? String)
        #expect(run["state"] as? String == "finished" && folder.hasSuffix(identifier))
        #expect((run["headline"] as? [String: Any])?["studentParameters"] as? Int ?? 0 > 1000)

        let copied = try object("export", folder, "--to", "c", "--output", site.url("a.h").path)
        #expect(copied["isCopy"] as? Bool == true && copied["form"] as? String == "c")
        let made = try object(
            "export", "\(folder)/student.safetensors", "--to", "c", "--images", site.url("shapes/test").path,
            "--output",
            site.url("b.h").path)
        #expect(made["isCopy"] as? Bool == false && made["memoryBytes"] as? Int ?? 0 > 100)
        let flow = try object("export", folder, "--to", "mlflow", "--output", site.url("flow").path)
        #expect(flow["form"] as? String == "mlflow")
        #expect(try site.names("flow").contains("MLmodel"))

        try Data("dataset: shapes\nmaxCorrupt: 0\n".utf8).write(to: manifest)
        try Data("no image".utf8).write(to: site.url("shapes/train/bolt/broken.png"))
        let failed = try object("run", manifest.path, "--out", site.url("out").path, exitCode: 1)
        #expect(failed["state"] as? String == "failed")
        #expect((failed["failure"] as? [String: Any])?["code"] as? String == "dataset.tooCorrupt")
    }

    @Test func commandsToTheDaemon() throws {
        let site = try Site()
        try SmallJob.writeDataset(to: site.url("Inbox/shapes"))
        try site.start()
        try site.drop(SmallJob.manifest(epochs: 4000), as: "long.job.yaml")
        try site.wait("the job to run") { try !site.workers().isEmpty }
        let cancelled = try object("cancel", "long", "--config", site.config)
        #expect((cancelled["message"] as? String)?.contains("long-") == true)
        try site.wait("the job to stop") { try site.workers().isEmpty && site.names("State/jobs").isEmpty }
        let again = try object("retry", "long", "--config", site.config)
        #expect((again["message"] as? String)?.contains("long-") == true)
        let status = try object("status", "--config", site.config)
        #expect(status["isDaemonRunning"] as? Bool == true)
        _ = try object("cancel", "long", "--config", site.config)
        try site.stop()
    }
}
