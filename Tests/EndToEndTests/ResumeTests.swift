import Foundation
import Testing

/// Jobs that are interrupted in every rude way end once, with the bytes of an unbroken run.
@Suite(.serialized) struct ResumeTests {
    /// The student of an unbroken run of the same job.
    private static func unbroken() throws -> [String: Data] {
        let site = try Site(threads: 2)
        try SmallJob.writeDataset(to: site.url("Inbox/shapes"))
        try site.drop(SmallJob.manifest(epochs: 8), as: "job.job.yaml")
        try site.start()
        let folder = try site.awaitJob("job")[0]
        return try models(site, folder)
    }

    private static func models(_ site: Site, _ folder: String) throws -> [String: Data] {
        try SmallJob.deterministic.reduce(into: [:]) { $0[$1] = try site.file("\(folder)/\($1)") }
    }

    @Test func killedWorkersAndDaemonsChangeNothing() throws {
        let expected = try Self.unbroken()
        let site = try Site()
        try SmallJob.writeDataset(to: site.url("Inbox/shapes"))
        try site.drop(SmallJob.manifest(epochs: 8), as: "job.job.yaml")
        try site.start()
        // Killed once it works, at different distances into the job.
        for round in 0..<4 where try site.published("job").isEmpty {
            try site.wait("a worker") { try !site.workers().isEmpty || !site.published("job").isEmpty }
            usleep(UInt32(150_000 + 230_000 * round))
            if round.isMultiple(of: 2) {
                for pid in try site.workers() { kill(pid, SIGKILL) }
                // The daemon starts another by itself.
                usleep(100_000)
            } else {
                // The worker outlives its daemon, and must not disturb the next one.
                try site.stop(SIGKILL)
                try site.start()
            }
        }
        let folder = try site.awaitJob("job")[0]
        #expect(try site.names(folder) == SmallJob.files)
        let found = try Self.models(site, folder)
        for name in SmallJob.deterministic { #expect(found[name] == expected[name], "\(name)") }
        // The input is let go of after the job is published.
        try site.wait("the job's private folder to go") { try site.names("State/jobs").isEmpty }
        #expect(try site.names("Outbox").count == 1)
        #expect(try site.stop().code == 0)
    }

    @Test func aStoppedDaemonGoesOnLater() throws {
        let site = try Site()
        try SmallJob.writeDataset(to: site.url("Inbox/shapes"))
        try site.drop(SmallJob.manifest(epochs: 40), as: "job.job.yaml")
        try site.start()
        try site.wait("a worker") { try !site.workers().isEmpty }
        usleep(700_000)
        let end = try site.stop()
        #expect(end.code == 0)
        #expect(end.seconds < 10)
        #expect(try site.workers().isEmpty)
        #expect(try site.published("job").isEmpty)
        try site.start()
        let folder = try site.awaitJob("job")[0]
        let log = String(decoding: try site.file("\(folder)/log.txt"), as: UTF8.self)
        #expect(log.components(separatedBy: "worker started").count == 3, "\(log)")
    }
}
