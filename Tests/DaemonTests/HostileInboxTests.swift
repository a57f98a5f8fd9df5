import Foundation
import Manifests
import Testing

@testable import Daemon

/// Names and things in the inbox that nobody expects.
@Suite struct HostileInboxTests {
    @Test(arguments: [
        "my first job.job.yaml", "new\nline.job.yaml", "\u{301}accent first.job.yaml", "'quote\" $(rm -rf ~).job.yaml",
        String(repeating: "n", count: 255 - 9) + ".job.yaml", "-rf.job.yaml", "日本語.job.yaml",
    ])
    func aManifestMayHaveAnyName(name: String) async throws {
        let bench = try Bench()
        try bench.dropDataset()
        try bench.dropManifest(name)
        try await bench.serving {
            let job = try await bench.awaitJob()
            #expect(job.state == .done)
            #expect(JobName.isValid(job.name))
            #expect(names(bench.state.archived(job.id)) == [name])
            #expect(!job.manifestName.contains("\n"))
        }
        bench.expectTidy()
    }

    @Test(arguments: [
        "my shapes", String(repeating: "d", count: 255), "\u{301}d", "-rf", "日本語", "a$b'c",
    ])
    func aDatasetMayHaveAnyName(name: String) async throws {
        let bench = try Bench()
        try bench.dropDataset(name)
        try bench.drop("dataset: '\(name.replacingOccurrences(of: "'", with: "''"))'", as: "tiny.job.yaml")
        let job = try await bench.serving { try await bench.awaitJob() }
        #expect(job.state == .done, "\(job.summary ?? "")")
        bench.expectTidy()
    }

    @Test(arguments: [true, false])
    func aJobsFolderMayHaveAnyName(crossesFileSystems: Bool) async throws {
        if crossesFileSystems, otherFileSystem == nil { return }
        let name = String(repeating: "f", count: 250) + "\n$'\""
        let bench = try Bench(inboxParent: crossesFileSystems ? otherFileSystem : nil)
        try bench.dropManifest("\(name)/job.yaml", dataset: ".")
        try bench.dropDataset(name)
        // A name that is no Unicode.
        let path = Array("\(bench.inbox(name))/round/".utf8) + [0xFF, 0xFE, 0]
        let descriptor = path.withUnsafeBufferPointer {
            $0.withMemoryRebound(to: CChar.self) { open($0.baseAddress!, O_CREAT | O_WRONLY, 0o644) }
        }
        try #require(descriptor >= 0)
        close(descriptor)
        try await bench.serving {
            let job = try await bench.awaitJob()
            #expect(job.state == .done)
            let round = Array("\(bench.state.archived(job.id))/\(name)/round/".utf8) + [0xFF, 0xFE, 0]
            let isThere = round.withUnsafeBufferPointer {
                $0.withMemoryRebound(to: CChar.self) { access($0.baseAddress!, F_OK) == 0 }
            }
            #expect(isThere)
        }
        bench.expectTidy()
    }

    @Test func aNameThatIsNoUnicodeIsLeftAlone() async throws {
        let bench = try Bench()
        let path = Array("\(bench.inbox(""))".utf8) + [0xFF] + Array(".job.yaml".utf8) + [0]
        let descriptor = path.withUnsafeBufferPointer {
            $0.withMemoryRebound(to: CChar.self) { open($0.baseAddress!, O_CREAT | O_WRONLY, 0o644) }
        }
        try #require(descriptor >= 0)
        close(descriptor)
        try await bench.serving {
            try await eventually("it is said") {
                try await bench.note("\u{FFFD}.job.yaml") == "its name is not UTF-8; rename it"
            }
        }
    }

    @Test func namesThatLookAlikeAreTwo() async throws {
        let bench = try Bench { $0.jobsAtOnce = 2 }
        try bench.dropDataset()
        try bench.dropManifest("caf\u{E9}.job.yaml")
        try bench.dropManifest("cafe\u{301}.job.yaml")
        let jobs = try await bench.serving { try await bench.awaitJobs(2) }
        #expect(jobs.allSatisfy { $0.state == .done })
        #expect(Set(jobs.map(\.id)).count == 2)
        bench.expectTidy()
    }

    enum Thing: String, CaseIterable, Sendable { case link, pipe, folder, empty, huge, binary }

    @Test(arguments: Thing.allCases)
    func aManifestThatIsNoneIsRefused(thing: Thing) async throws {
        for parent in [nil, otherFileSystem] where parent != nil || thing != .huge {
            let bench = try Bench(inboxParent: parent)
            let path = bench.inbox("tiny.job.yaml")
            switch thing {
            case .link: try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/etc/passwd")
            case .pipe: try #require(mkfifo(path, 0o600) == 0)
            case .folder: try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            case .empty: try bench.drop("", as: "tiny.job.yaml")
            case .huge: try bench.drop(String(repeating: "# much\n", count: 200_000), as: "tiny.job.yaml")
            case .binary: try bench.drop("\0\u{1}\u{2}", as: "tiny.job.yaml")
            }
            try await bench.serving {
                if thing == .folder {
                    // It holds no manifest, so that it may be a dataset.
                    try await eventually("it is left alone") {
                        try await !bench.notes().isEmpty || !bench.outbox.isEmpty
                    }
                }
                let job = try await bench.awaitJob()
                #expect(job.state == .failed)
                #expect(try bench.failure(job.id).code == "manifest.invalid")
                #expect(try !readFile(bench.outbox("\(job.id)/report.html")).contains("root:"))
                #expect(names(bench.inbox(".failed/\(job.id)")) == ["tiny.job.yaml"])
            }
            bench.expectTidy()
        }
    }

    /// Each look from the root on would take hours.
    @Test func foldersThatLieInEachOtherTooDeepAreRefused() async throws {
        let bench = try Bench()
        let name = String(repeating: "d", count: 200)
        let data = bench.inbox("tiny/data")
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        var folder = open(data, O_RDONLY | O_DIRECTORY)
        for _ in 0..<40 {
            try #require(folder >= 0 && mkdirat(folder, name, 0o755) == 0)
            let next = openat(folder, name, O_RDONLY | O_DIRECTORY)
            close(folder)
            folder = next
        }
        close(folder)
        try bench.drop("dataset: data\n", as: "tiny/job.yaml")
        try await bench.serving {
            let job = try await bench.awaitJob()
            let failure = try bench.failure(job.id)
            #expect(job.state == .failed && failure.code == "dataset.tooDeep")
            #expect(failure.what.contains("more than 4095 bytes"))
            #expect(names(bench.inbox(".failed")) == [job.id])
        }
        bench.expectTidy()
        let removal = try Process.run(URL(fileURLWithPath: "/bin/rm"), arguments: ["-rf", bench.inbox(".failed")])
        removal.waitUntilExit()
    }

    @Test(arguments: [Thing.link, .pipe])
    func aDatasetWithSomethingElseThanFilesIsRefused(thing: Thing) async throws {
        for parent in [nil, otherFileSystem] {
            let bench = try Bench(inboxParent: parent)
            try bench.dropManifest("tiny/job.yaml", dataset: ".")
            try bench.dropDataset("tiny")
            let path = bench.inbox("tiny/round/2.png")
            if thing == .link {
                try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/etc/passwd")
            } else {
                try #require(mkfifo(path, 0o600) == 0)
            }
            try await bench.serving {
                let job = try await bench.awaitJob()
                let failure = try bench.failure(job.id)
                #expect(failure.code == "dataset.refused")
                #expect(failure.what.contains(thing == .link ? "a symbolic link" : "a named pipe"))
                #expect(failure.what.contains("2.png"))
                #expect(exists(bench.inbox(".failed/\(job.id)/tiny/round/2.png")))
                #expect(bench.runs.isEmpty)
            }
            bench.expectTidy()
        }
    }

    @Test(arguments: ["/etc", "link/shapes", "link"])
    func aDatasetOutsideTheInboxIsRefused(dataset: String) async throws {
        let bench = try Bench()
        try FileManager.default.createDirectory(
            atPath: bench.root["elsewhere/shapes"], withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: bench.inbox("link"), withDestinationPath: bench.root["elsewhere"])
        try bench.dropManifest(dataset: dataset)
        try await bench.serving {
            let job = try await bench.awaitJob()
            #expect(try bench.failure(job.id).code == "dataset.refused")
        }
        bench.expectTidy()
    }

    @Test func aDatasetOfARootIsTakenFromThere() async throws {
        let elsewhere = try TemporaryFolder()
        try elsewhere.write("image", to: "shapes/round/1.png")
        let bench = try Bench { $0.datasetRoots = [elsewhere.path] }
        try bench.dropManifest(dataset: elsewhere["shapes"])
        #expect(try await bench.serving { try await bench.awaitJob() }.state == .done)
        #expect(exists(elsewhere["shapes/round/1.png"]))
        bench.expectTidy()
    }

    @Test func aFolderWithTwoManifestsIsRefused() async throws {
        let bench = try Bench()
        try bench.dropManifest("tiny/a.job.yaml", dataset: ".")
        try bench.dropManifest("tiny/b.job.yaml", dataset: ".")
        try await bench.serving {
            let failure = try bench.failure(try await bench.awaitJob().id)
            #expect(failure.code == "manifest.ambiguous")
            #expect(failure.details == ["a.job.yaml", "b.job.yaml"])
        }
        bench.expectTidy()
    }

    @Test func aDatasetOverTheLimitIsRefused() async throws {
        let bench = try Bench { $0.limits.datasetEntries = 3 }
        try bench.dropDataset()
        try bench.dropManifest()
        try await bench.serving {
            let failure = try bench.failure(try await bench.awaitJob().id)
            #expect(failure.code == "dataset.tooLarge")
            #expect(failure.fix.contains("limits.datasetEntries"))
        }
        bench.expectTidy()
    }
}
