import Foundation
import Ledger
import Testing

@testable import Daemon

/// What names mean, and paths made of them.
@Suite struct NameTests {
    @Test(arguments: [".x", "a.zip.part", "a.zip~", "a.tmp", "a.crdownload", "a.filepart", ".DS_Store", ".job.yaml"])
    func namesOfUnfinishedFiles(name: String) {
        #expect(UnfinishedName.matches(name))
        #expect(!DroppedName.isManifest(name))
    }

    @Test(arguments: ["a", "a.zip", "part", "a.partial", "a~b", "tmp"])
    func namesOfFinishedFiles(name: String) {
        #expect(!UnfinishedName.matches(name))
        #expect(!UnfinishedName.matches(name, insideDataset: true))
    }

    @Test func clutterInsideADatasetHoldsNobodyUp() {
        for name in [".DS_Store", "._1.png", ".gitignore"] {
            #expect(!UnfinishedName.matches(name, insideDataset: true))
        }
        #expect(UnfinishedName.matches(".1.png.Xa81", insideDataset: true), "rsync")
    }

    @Test(arguments: ["a.job.yaml", "a.job.yml", "job.yaml", "job.yml", "a.b.job.yaml"])
    func manifests(name: String) { #expect(DroppedName.isManifest(name)) }

    @Test(arguments: ["a.yaml", "job.yaml.txt", "ajob.yaml", "a.job.yaml.part", "a.job.yaml~", "job", "a.job.json"])
    func noManifests(name: String) { #expect(!DroppedName.isManifest(name)) }

    @Test func archives() {
        for name in ["a.zip", "a.ZIP", "a.tar", "a.tar.gz", "a.tgz", "a.tar.zst", "a.tzst"] {
            #expect(DroppedName.isArchive(name))
        }
        for name in ["a.rar", "zip", "a.gz", "a.zip.txt"] { #expect(!DroppedName.isArchive(name)) }
    }

    @Test func cancellations() {
        #expect(DroppedName.cancelled("cifar.cancel") == "cifar")
        #expect(DroppedName.cancelled("cifar.job.yaml.cancel") == "cifar.job.yaml")
        for name in [".cancel", "cancel", ".x.cancel", "cifar.cancelled"] {
            #expect(DroppedName.cancelled(name) == nil)
        }
    }

    @Test(arguments: ["tiny-20261124-105312", "tiny", "mine.job.yaml", "mine"])
    func whatAPersonCallsAJob(wanted: String) {
        #expect(
            DroppedName.matches(wanted, id: "tiny-20261124-105312", name: "tiny", manifest: "folder/mine.job.yaml"))
    }

    @Test(arguments: ["", "tin", "folder", "tiny-20261124", "mine.yml"])
    func whatNobodyCallsAJob(wanted: String) {
        #expect(!DroppedName.matches(wanted, id: "tiny-20261124-105312", name: "tiny", manifest: "mine.job.yml"))
    }

    @Test func paths() {
        #expect(Path.join("/a", "b") == "/a/b")
        #expect(Path.join("/", "b") == "/b")
        #expect(Path.name(of: "/a/b") == "b")
        #expect(Path.name(of: "/a/b/") == "b")
        #expect(Path.name(of: "/") == "")
        #expect(Path.folder(of: "/a/b") == "/a")
        #expect(Path.folder(of: "/a") == "/")
        #expect(Path.folder(of: "a") == ".")
        #expect(Path.relative("/a/b/c", to: "/a") == "b/c")
        #expect(Path.relative("/ab", to: "/a") == nil)
        #expect(Path.relative("/a", to: "/a") == nil)
        #expect(Path.contains("/a", "/a"))
        #expect(!Path.contains("/a", "/ab"))
    }

    @Test func aNameThatBeginsWithACombiningMarkIsANameOfItsOwn() {
        let name = "\u{301}x"
        let path = Path.join("/a", name)
        #expect(PathKey(Path.name(of: path)) == PathKey(name))
        #expect(PathKey(Path.folder(of: path)) == PathKey("/a"))
        #expect(Path.relative(path, to: "/a").map(PathKey.init) == PathKey(name))
    }

    @Test func controlCharactersAreShownEscaped() {
        #expect("a\nb\u{1B}[31m".shown == "a\\nb\\u{1B}[31m")
        #expect("héllo 日本".shown == "héllo 日本")
    }

    @Test func jobsAreFoundByWhatIsTyped() throws {
        func job(_ id: String, _ name: String, _ state: JobState) -> JobRecord {
            var job = JobRecord(
                id: id, name: name, manifestName: "\(name).job.yaml", datasetName: "d", source: .manifest,
                sourcePath: id, fingerprint: "")
            job.state = state
            return job
        }
        // The latest first, as the ledger gives them.
        let jobs = [
            job("tiny-3", "tiny", .failed), job("tiny-2", "tiny", .running), job("tiny-1", "tiny", .done),
            job("other-1", "other", .queued),
        ]
        #expect(try JobQuery("tiny").latest(of: jobs).id == "tiny-3")
        #expect(try JobQuery("tiny-1").latest(of: jobs).id == "tiny-1")
        #expect(try JobQuery("oth").latest(of: jobs).id == "other-1")
        #expect(try JobQuery("tiny").one(of: jobs, verb: "cancel") { !$0.state.isFinal }.id == "tiny-2")
        #expect(throws: JobQuery.Failure.self) { try JobQuery("nobody").latest(of: jobs) }
        let several = #expect(throws: JobQuery.Failure.self) {
            try JobQuery("tiny").one(of: jobs, verb: "x") { _ in true }
        }
        #expect(several?.description.contains("  tiny-3\n  tiny-2\n") == true)
        let ended = #expect(throws: JobQuery.Failure.self) {
            try JobQuery("tiny-1").one(of: jobs, verb: "cancel") { !$0.state.isFinal }
        }
        #expect(ended?.description == "Cannot cancel tiny-1: it is done.")
    }
}
