import Foundation
import Manifests
import Testing

@testable import Daemon

/// One look at an inbox, and the search for a dataset.
@Suite struct InboxTests {
    private func list(_ inbox: String) throws -> InboxListing {
        try InboxListing(inbox: inbox, manifests: FolderManifests())
    }

    @Test func namesAndKindsSayWhatThingsAre() throws {
        let inbox = try TemporaryFolder()
        for file in [
            "a.job.yaml", "b.zip", "c/1.png", "d/job.yaml", "e.cancel", "f.txt", ".hidden", "g.zip.part", "README.md",
        ] { try inbox.write("", to: file) }
        let listing = try list(inbox.path)
        #expect(
            listing.candidates == [
                Candidate(source: .manifest, path: inbox["a.job.yaml"]), Candidate(source: .folder, path: inbox["d"]),
            ])
        #expect(listing.datasets == ["b.zip", "c"])
        #expect(listing.cancellations.map(\.wanted) == ["e"])
        #expect(listing.ignored.map(\.name) == ["f.txt"])
        #expect(listing.folders == [inbox.path, inbox["c"], inbox["d"]])
    }

    @Test func aMissingInboxIsAnError() throws {
        #expect(throws: FileError.self) { try list("/no/such/inbox") }
    }

    @Test func aManifestThatComesIntoAKnownFolderIsSeen() throws {
        let inbox = try TemporaryFolder()
        try inbox.write("", to: "c/1.png")
        // The folder is old enough to be remembered.
        let times = [timespec(tv_sec: 1000, tv_nsec: 0), timespec(tv_sec: 1000, tv_nsec: 0)]
        utimensat(AT_FDCWD, inbox["c"], times, 0)
        let manifests = FolderManifests()
        for _ in 0..<2 { #expect(try InboxListing(inbox: inbox.path, manifests: manifests).datasets == ["c"]) }
        try inbox.write("", to: "c/job.yaml")
        #expect(try InboxListing(inbox: inbox.path, manifests: manifests).datasets.isEmpty)
    }

    // MARK: Datasets

    private func locate(
        _ dataset: String, in root: TemporaryFolder, folder: String? = nil, roots: [String] = []
    ) throws -> DatasetLocator.Location {
        var config = DaemonConfig(folder: root.path, datasetRoots: roots)
        config.inbox = root["inbox"]
        return try DatasetLocator(config: config).locate(
            JobSpec(name: "a", dataset: dataset), besideManifestIn: folder, manifest: "a.job.yaml")
    }

    @Test func aDatasetIsFoundInTheInbox() throws {
        let root = try TemporaryFolder()
        try root.write("", to: "inbox/shapes/1.png")
        try root.write("", to: "inbox/deep/shapes.zip")
        for (name, place) in [
            ("shapes", "inbox/shapes"), ("./shapes/", "inbox/shapes"), ("deep/shapes.zip", "inbox/deep/shapes.zip"),
            (root["inbox/shapes"], "inbox/shapes"),
        ] { #expect(try locate(name, in: root) == .found(root[place])) }
        for name in ["none", "deep/none", "deep/shapes.zip/x"] { #expect(try locate(name, in: root) == .absent) }
    }

    @Test func aJobsOwnFolderComesFirst() throws {
        let root = try TemporaryFolder()
        try root.write("", to: "inbox/shapes/1.png")
        try root.write("", to: "inbox/job/shapes/1.png")
        #expect(try locate("shapes", in: root, folder: root["inbox/job"]) == .found(root["inbox/job/shapes"]))
        #expect(try locate(".", in: root, folder: root["inbox/job"]) == .found(root["inbox/job"]))
        #expect(try locate("job", in: root, folder: root["inbox/job"]) == .found(root["inbox/job"]))
        try FileManager.default.removeItem(atPath: root["inbox/job/shapes"])
        #expect(try locate("shapes", in: root, folder: root["inbox/job"]) == .found(root["inbox/shapes"]))
    }

    private func refusal(_ location: DatasetLocator.Location) -> String? {
        if case .refused(let failure) = location { return "\(failure.code) \(failure.what)" }
        return nil
    }

    @Test func whatLeadsOutOfTheInboxIsRefused() throws {
        let root = try TemporaryFolder()
        try root.write("", to: "elsewhere/shapes/1.png")
        try FileManager.default.createDirectory(atPath: root["inbox"], withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: root["inbox/link"], withDestinationPath: root["elsewhere"])
        try #require(mkfifo(root["inbox/pipe"], 0o600) == 0)
        #expect(refusal(try locate("link", in: root))?.contains("is a symbolic link") == true)
        #expect(refusal(try locate("link/shapes", in: root))?.contains("is a symbolic link") == true)
        #expect(refusal(try locate("pipe", in: root))?.contains("is a named pipe") == true)
        #expect(refusal(try locate(".", in: root))?.contains("would be the whole inbox") == true)
        #expect(refusal(try locate(root["elsewhere/shapes"], in: root))?.contains("none is set") == true)
        #expect(refusal(try locate(root["inboxes"], in: root)) != nil)
    }

    @Test func anAbsoluteDatasetLiesBelowARoot() throws {
        let root = try TemporaryFolder()
        try root.write("", to: "real/shapes/1.png")
        try root.write("", to: "secret/1.png")
        // The root may be a link, the administrator's choice; what is below it may not lead out of it.
        try FileManager.default.createSymbolicLink(atPath: root["root"], withDestinationPath: root["real"])
        try FileManager.default.createSymbolicLink(atPath: root["real/out"], withDestinationPath: root["secret"])
        let roots = [root["root"]]
        #expect(try locate(root["root/shapes"], in: root, roots: roots) == .found(root["real/shapes"]))
        #expect(try locate(root["root/none"], in: root, roots: roots) == .absent)
        #expect(refusal(try locate(root["root/out"], in: root, roots: roots))?.contains("lies outside") == true)
        #expect(refusal(try locate(root["secret"], in: root, roots: roots))?.contains("lies outside") == true)
    }
}
