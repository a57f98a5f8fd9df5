import Foundation

/// Lets jobs run once, with every change of the disk recorded, and then brings the disk again and again into a state in
/// which a power failure may have left it: a new daemon must bring each to the same end.
final class PowerFailure {
    private let wanted: Int
    private var random: SplitMix

    init(failures: Int, seed: UInt64) {
        wanted = failures
        random = SplitMix(seed)
    }

    func run() throws {
        let begin = Date()
        let (site, disk, operations, expected) = try record()
        print(
            "an unbroken run: \(operations.count) changes of the disk, of which"
                + " \(operations.filter(\.isOfNames).count) of names, \(operations.filter { $0.kind == .sync }.count) syncs"
        )
        for number in 1...wanted {
            let done = Int.random(in: 0...operations.count, using: &random)
            let state = try disk.state(after: operations[..<done]) { Int.random(in: 0..<$0, using: &self.random) }
            try disk.restore(state)
            try site.start()
            let ended = site.wait(atMost: 120) {
                !site.isServing || site.isQuiet && site.names("Outbox").count >= Drop.allCases.count
            }
            usleep(20_000)
            let serves = site.isServing
            site.kill(SIGTERM)
            var faults = try Judge(site: site).faults(after: 1, expected)
            if !ended { faults.insert("the jobs do not end: state \(site.names("State/jobs"))", at: 0) }
            if !serves { faults.insert("the daemon has ended", at: 0) }
            guard faults.isEmpty else {
                try disk.restore(state)
                let kept = site.root + "-kept"
                try FileManager.default.copyItem(atPath: site.root, toPath: kept)
                throw Site.Trouble(
                    description: "power failure \(number), after \(done) of \(operations.count) changes (the disk as it"
                        + " was then: \(kept)):\n" + faults.joined(separator: "\n") + "\nthe last changes:\n"
                        + operations[..<done].suffix(12).map(Self.line).joined(separator: "\n")
                        + "\nthe daemon's log:\n" + site.log)
            }
            if number % 50 == 0 { print("\(number) power failures") }
        }
        print(
            "\(wanted) power failures, \(wanted * Drop.allCases.count) jobs, \(Int(Date().timeIntervalSince(begin))) s:"
                + " each job ended once, complete,")
        print("with the bytes of an unbroken run; inputs are where they belong, and nothing else is there.")
    }

    private static func line(_ operation: DiskOperation) -> String {
        "  \(operation.kind) \(operation.path) \(operation.other) inode \(operation.inode)"
            + " offset \(operation.offset), \(operation.data.count) bytes"
    }

    private func record() throws -> (Site, Disk, [DiskOperation], Judge.Expected) {
        let site = try Site()
        for drop in Drop.allCases { try drop.drop(into: site) }
        // Made before, so that all that is written into it has a beginning.
        try site.write("", "daemon.log")
        // Outside of the disk that fails.
        let log = site.root + "-operations"
        defer { unlink(log) }
        let disk = try Disk(of: site.root)
        try site.runUnbroken([.record: log, .recorded: site.root])
        let operations = try DiskOperation.all(in: log)
        // SQLite's shared memory is mapped, and means nothing after a crash.
        let missed = try disk.differences(from: try disk.complete(after: operations[...])).filter {
            !$0.hasSuffix("ledger.sqlite-shm") && $0 != site["daemon.log"]
        }
        guard missed.isEmpty else {
            throw Site.Trouble(description: "changes were not recorded: \(missed.joined(separator: ", "))")
        }
        return (site, disk, operations, try Judge(site: site).measure())
    }
}
