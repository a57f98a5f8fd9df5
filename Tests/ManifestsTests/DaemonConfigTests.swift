import Foundation
import Testing

@testable import Manifests

@Suite struct DaemonConfigTests {
    private func config(_ text: String, folder: String = "/srv/etc") throws(ManifestProblems) -> DaemonConfig {
        try DaemonConfigParser.parse(Array(text.utf8), file: "distilld.yaml", folder: folder)
    }

    private func messages(_ text: String) -> [String] {
        do {
            _ = try config(text)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test(arguments: ["", "# nothing is set\n", "---\n", "log: {}"])
    func nothingNeedsToBeSaid(text: String) throws {
        let defaults = DaemonConfig(folder: "/srv/etc")
        #expect(try config(text) == defaults)
        #expect(defaults.inbox == "/srv/etc/Inbox" && defaults.state == "/srv/etc/State")
        #expect(defaults.settleSeconds == 2 && defaults.jobsAtOnce == 1 && defaults.stopSeconds == 10)
    }

    @Test func everyKeyIsRead() throws {
        let text = """
            inbox: in/./box
            outbox: ../out
            state: /var/lib/distilld/
            datasetRoots: [/data, "/mnt/a b"]
            defaultJob: true
            afterSuccess: delete
            afterFailure: archive
            settleSeconds: 0.5
            pollSeconds: 30
            jobsAtOnce: 3
            executor: slurm
            slurm:
              partition: big
              account: lab
              qos: low
              time: "4:00:00"
              options: [--nice, "--gres=tmp:1"]
              program: /opt/distilld
              pollSeconds: 2
            threadsPerJob: 4
            stopSeconds: 25
            http: { enabled: false, address: "::1", port: 80, token: a-secret-of-16-signs, hosts: [gpu.example] }
            notify: { hooks: hooks.d, hookSeconds: 5, webhook: "https://example.org/x?y=1", secret: sixteen-signs-at }
            log: { level: debug, format: json }
            limits:
              manifestBytes: 64 KiB
              datasetEntries: 1000
              archiveBytes: 2TiB
              archiveRatio: 50
              imageFileBytes: 1048576
              imageSide: 4096
              imagePixels: 16000000
            """
        var limits = Limits()
        limits.manifestBytes = 65_536
        limits.datasetEntries = 1000
        limits.archiveBytes = 2 << 40
        limits.archiveRatio = 50
        limits.imageFileBytes = 1 << 20
        limits.imageSide = 4096
        limits.imagePixels = 16_000_000
        var expected = DaemonConfig(
            folder: "/", settleSeconds: 0.5, pollSeconds: 30, jobsAtOnce: 3, executor: .slurm, threadsPerJob: 4,
            defaultJob: true, datasetRoots: ["/data", "/mnt/a b"], afterSuccess: .delete, afterFailure: .archive,
            stopSeconds: 25,
            slurm: SlurmConfig(
                partition: "big", account: "lab", qos: "low", time: "4:00:00", options: ["--nice", "--gres=tmp:1"],
                program: "/opt/distilld", pollSeconds: 2),
            http: PageConfig(
                enabled: false, address: "::1", port: 80, token: "a-secret-of-16-signs", hosts: ["gpu.example"]),
            notify: NoticeConfig(
                hooks: "/srv/etc/hooks.d", hookSeconds: 5, webhook: "https://example.org/x?y=1",
                secret: "sixteen-signs-at"),
            log: LogConfig(level: .debug, format: .json), limits: limits)
        expected.inbox = "/srv/etc/in/box"
        expected.outbox = "/srv/out"
        expected.state = "/var/lib/distilld"
        let parsed = try config(text)
        #expect(parsed == expected)
        #expect(try config(DaemonConfigWriter.yaml(parsed), folder: "/elsewhere") == parsed)
    }

    @Test func secretsMayComeFromTheServiceManager() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        func parse(_ text: String) throws -> DaemonConfig {
            try DaemonConfigParser.parse(
                Array(text.utf8), file: "distilld.yaml", folder: "/", try Credentials(folder: folder.path))
        }
        #expect(try parse("{}").http.token == nil)
        try write("a-secret-of-16-signs\n", "http.token")
        try write("sixteen-signs-at-least", "notify.secret")
        let config = try parse("http: { address: 0.0.0.0 }")
        #expect(config.http.token == "a-secret-of-16-signs" && config.notify.secret == "sixteen-signs-at-least")
        // What stands in the file counts.
        #expect(try parse("http: { token: another-secret-of-16 }").http.token == "another-secret-of-16")
        try write("two words here, and more", "http.token")
        #expect {
            _ = try parse("{}")
        } throws: { error in
            "\(error)".contains("http.token: found a credential of 24 bytes; allowed: a line of 16 to 256 letters")
        }
    }

    @Test func theExampleIsTheDefaultBesideEtc() throws {
        let path = packageRoot.appending(path: "Etc/distilld.yaml").path
        let parsed = try DaemonConfigParser.read(path: path)
        #expect(parsed == DaemonConfig(folder: packageRoot.path))
    }

    @Test(arguments: [
        (
            "settle: 3",
            "1:1: settle: found an unknown key; allowed: inbox, outbox, state, datasetRoots, defaultJob, afterSuccess, "
                + "afterFailure, settleSeconds, pollSeconds, jobsAtOnce, executor, threadsPerJob, stopSeconds, "
                + "memoryPerJob, freeBytes, cacheBytes, archiveDays, slurm, http, notify, log, limits. "
                + "Did you mean \"settleSeconds\"?"
        ),
        (
            "http: { address: 0.0.0.0 }",
            "1:18: http.address: found the address 0.0.0.0, which other machines can reach, and no token; allowed: "
                + "127.0.0.1 or ::1, or a token."
        ),
        (
            "http: { address: localhost }",
            "1:18: http.address: found the name localhost; allowed: an IP address, such as 127.0.0.1, ::1 or 0.0.0.0. "
                + "Did you mean \"127.0.0.1\"?"
        ),
        (
            "http: { token: short }",
            "1:16: http.token: found a text of 5 characters; allowed: a text of 16 to 256 letters, digits and signs "
                + "without spaces, or none (whoever reaches the address may use the page)."
        ),
        (
            "notify: { webhook: 'ftp://example.org' }",
            "1:20: notify.webhook: found \"ftp://example.org\"; allowed: an address that begins with https:// or http://, or "
                + "none (nothing is sent)."
        ),
        (
            "slurm: { options: [--nice, --arr=1-3] }",
            "1:19: slurm.options: found \"--arr=1-3\" (distilld's own --array) as entry 2; allowed: long options of "
                + "sbatch(1), each with its value: \"--constraint=avx512\"; not --array, --chdir, --clusters, --error, "
                + "--export, --input, --job-name, --no-requeue, --open-mode, --output, --parsable, --requeue, --test-only, "
                + "--wait, --wrap."
        ),
        (
            "slurm: { partition: 'a b' }",
            "1:21: slurm.partition: found \"a b\"; allowed: a text of letters, digits and signs without spaces, as "
                + "sbatch(1) takes it, or none (the cluster's default)."
        ),
        ("jobsAtOnce: 0", "1:13: jobsAtOnce: found \"0\"; allowed: a whole number from 1 to 64."),
        (
            "limits: { archiveBytes: 5 GB }",
            "1:25: limits.archiveBytes: found \"5 GB\"; allowed: a whole number from 1 MiB to 1024 TiB, in bytes or with "
                + "KiB, MiB, GiB or TiB."
        ),
        (
            "limits: { archiveBytes: 99999999 TiB }",
            "1:25: limits.archiveBytes: found \"99999999 TiB\"; allowed: a whole number from 1 MiB to 1024 TiB, in bytes "
                + "or with KiB, MiB, GiB or TiB."
        ),
        (
            "datasetRoots: [/a, b]",
            "1:15: datasetRoots: found the relative path \"b\" as entry 2; allowed: an absolute path of a folder."
        ),
        (
            "inbox: ~/in",
            "1:8: inbox: found \"~/in\", whose ~ is not expanded; allowed: a folder, absolute or relative to the folder of "
                + "this file."
        ),
        (
            "inbox: x\nstate: x/y",
            "2:8: state: found inbox \"/srv/etc/x\" and state \"/srv/etc/x/y\", one inside the other; allowed: three "
                + "separate folders, none inside another."
        ),
        (
            "outbox: Inbox",
            "1:9: outbox: found inbox \"/srv/etc/Inbox\" and outbox \"/srv/etc/Inbox\", the same folder; allowed: three "
                + "separate folders, none inside another."
        ),
        (
            "afterFailure: return",
            "1:15: afterFailure: found \"return\"; allowed: returnToInbox, archive. Did you mean \"returnToInbox\"?"
        ),
        (
            "log: &a { level: info }",
            "1:6: log: found the anchor &a; allowed: values written out where they are needed, without anchors and aliases."
        ),
    ])
    func refused(text: String, message: String) {
        #expect(messages(text) == ["distilld.yaml:" + message])
    }

    @Test(arguments: [
        ("/data/cifar", true), ("/data", true), ("/data/", true), ("/data/../etc", false), ("/data2", false),
        ("/mnt/x/y", true), ("/mnt/xy", false), ("/", false), ("data", false), ("/DATA", false), ("/data/./a//b", true),
        ("/data/a\0b", false),
    ])
    func absoluteDatasets(path: String, allowed: Bool) throws {
        let config = DaemonConfig(folder: "/", datasetRoots: ["/data", "/mnt/x/"])
        #expect(config.allowsDataset(at: path) == allowed)
        let refusal = config.refusalOfDataset(of: JobSpec(name: "a", dataset: path), manifest: "a.job.yaml")
        #expect((refusal == nil) == (allowed || !path.hasPrefix("/")))
    }

    @Test func theRefusalSaysWhatToDo() throws {
        let none = DaemonConfig(folder: "/")
        let refusal = try #require(
            none.refusalOfDataset(of: JobSpec(name: "a", dataset: "/data/x"), manifest: "a.job.yaml"))
        #expect(refusal.code == "dataset.refused" && refusal.location == "a.job.yaml: dataset")
        #expect(refusal.what.contains("\"/data/x\"") && refusal.what.contains("none is set"))
        #expect(refusal.fix.contains("datasetRoots"))
    }
}
