import Foundation
import Testing

/// A ledger that cannot be read any more costs no job.
struct LedgerTests {
    @Test func aDamagedOneIsMadeAgain() throws {
        let site = try Site()
        try SmallJob.writeDataset(to: site.url("Inbox/shapes"))
        try site.drop(SmallJob.manifest(), as: "first.job.yaml")
        try site.start()
        let first = try site.awaitJob("first")[0]
        try site.stop(SIGKILL)
        // Every byte but the first of the file, by which SQLite would know one that is not its own.
        for (suffix, start) in [("", 100), ("-wal", 0)] {
            let path = site.url("State/ledger.sqlite" + suffix)
            guard FileManager.default.fileExists(atPath: path.path) else { continue }
            let size = try Data(contentsOf: path).count
            let handle = try FileHandle(forWritingTo: path)
            try handle.seek(toOffset: UInt64(start))
            try handle.write(contentsOf: Data(repeating: 0x5A, count: max(size - start, 1)))
            try handle.close()
        }
        try site.drop(SmallJob.manifest(), as: "second.job.yaml")
        try site.start()
        _ = try site.awaitJob("second")
        #expect(site.log.contains("The ledger was damaged and is made again"))
        #expect(try site.names("State").contains { $0.hasPrefix("ledger.sqlite.damaged-") })
        #expect(FileManager.default.fileExists(atPath: site.url(first).path))
        #expect(try site.stop().code == 0)
    }
}
