import Foundation
import Reporting
import Testing

/// What `check` says of memory is what the job takes.
struct MemoryTests {
    @Test(arguments: [
        "teacher: { model: resnet8x4, epochs: 1 }\nstudent: { model: resnet8, epochs: 1 }\ntraining: { batch: 64 }",
        """
        teacher: { model: resnet8, epochs: 1 }
        student: { model: resnet20, epochs: 2 }
        distillation: { views: 1 }
        training: { batch: 96, optimizer: adamw, ema: 0.9 }
        """,
    ])
    func checkForeseesThePeak(_ networks: String) throws {
        let site = try Site()
        let made = try Distilld.run("example", site.url("shapes").path, "--train", "12", "--test", "5")
        #expect(made.exitCode == 0, "\(made.errors)")
        let manifest = site.url("memory.job.yaml")
        let text = "dataset: shapes\ninput: { width: 32, height: 32, channels: rgb }\nbaseline: false\n\(networks)\n"
        try Data(text.utf8).write(to: manifest)

        let check = try Distilld.run("check", manifest.path)
        #expect(check.exitCode == 0, "\(check.errors)")
        let found = try #require(check.output.firstMatch(of: /memory: about (\d+) MiB at most/))
        let foreseen = try #require(Double(found.1)) * 1_048_576

        let run = try Distilld.run("run", manifest.path, "--out", site.url("out").path)
        #expect(run.exitCode == 0, "\(run.errors)")
        let folder = try #require(try site.names("out").first { $0.hasPrefix("memory-") })
        let report = try JobReport(encoded: site.file("out/\(folder)/report.json"))
        let peak = Double(try #require(report.peakMemoryBytes))
        #expect(abs(foreseen / peak - 1) < 0.1, "\(foreseen / 1_048_576) MiB foreseen, \(peak / 1_048_576) MiB taken")
    }
}
