import Crypto
import Foundation

/// Looks at what a round has left, once the daemon says that nothing is left to do.
struct Judge {
    /// Of an unbroken run, by kind of drop: names of all files, and the bytes of those that do not tell the time.
    struct Expected {
        var names: [Drop: [String]] = [:]
        var bytes: [Drop: [String: Data]] = [:]
    }

    /// Files in which the time, the speed or the job's identifier stands.
    private static let varying: Set = [
        "log.txt", "report.html", "report.json", "metrics.csv", "SHA256SUMS", "MODEL_CARD.md",
        "events.out.tfevents.distilld",
    ]

    let site: Site
    /// What the disk said meanwhile: a job may have failed by it, if it names it.
    var error: Int32?

    /// Takes an unbroken round for the measure of others.
    func measure() throws -> Expected {
        var expected = Expected()
        for drop in Drop.allCases {
            let folders = jobs(of: drop)
            guard folders.count == 1 else { throw Site.Trouble(description: "the unbroken run left \(folders)") }
            expected.names[drop] = site.files("Outbox/\(folders[0])")
            expected.bytes[drop] = try bytes(of: folders[0])
        }
        return expected
    }

    /// - Parameter rounds: how often each kind has been dropped.
    /// - Returns: everything that is not as promised.
    func faults(after rounds: Int, _ expected: Expected) throws -> [String] {
        var faults: [String] = []
        for drop in Drop.allCases {
            let ids = jobs(of: drop)
            if ids.count != rounds { faults.append("\(rounds) \(drop) dropped, \(ids.count) in the outbox: \(ids)") }
            for id in ids { faults += try judge(id, drop, expected) }
        }
        if site.names("Outbox").count != rounds * Drop.allCases.count {
            faults.append("strays in the outbox: \(site.names("Outbox"))")
        }
        return faults + strays()
    }

    private func judge(_ id: String, _ drop: Drop, _ expected: Expected) throws -> [String] {
        var faults: [String] = []
        let names = site.files("Outbox/\(id)")
        if let error, names.contains("error.json") {
            // One that fails anyhow may lack what could not be written.
            let text = (try? String(contentsOfFile: site["Outbox/\(id)/error.json"], encoding: .utf8)) ?? ""
            if !drop.fails, !text.contains(String(cString: strerror(error))) {
                faults.append("\(id) failed by \(text)")
            }
            if !names.contains("report.html") { faults.append("\(id) holds \(names)") }
            if site.names("Inbox/.failed/\(id)") != [drop.input] { faults.append("the input of \(id) is not back") }
            return faults
        }
        // A worker that was killed before it had anything to say leaves a log where an unbroken run has none.
        if Set(names).subtracting(["log.txt"]) != Set(expected.names[drop] ?? []).subtracting(["log.txt"]) {
            faults.append("\(id) holds \(names)")
        }
        for (name, bytes) in try self.bytes(of: id) where expected.bytes[drop]?[name] != bytes {
            faults.append("\(id)/\(name) has other bytes than in an unbroken run")
        }
        faults += try wrongSums(id)
        let kept = drop.fails ? "Inbox/.failed/\(id)" : "State/archive/\(id)"
        if site.names(kept) != [drop.input] { faults.append("\(kept) holds \(site.names(kept)), not \(drop.input)") }
        if drop == .whole, site.names("\(kept)/whole").sorted() != ["job.yaml", "test", "train"] {
            faults.append("\(kept)/whole holds \(site.names("\(kept)/whole"))")
        }
        return faults
    }

    /// Identifiers of the published jobs of a kind.
    private func jobs(of drop: Drop) -> [String] { site.names("Outbox").filter { $0.hasPrefix("\(drop.rawValue)-") } }

    private func bytes(of id: String) throws -> [String: Data] {
        let names = site.files("Outbox/\(id)").filter { !Self.varying.contains(($0 as NSString).lastPathComponent) }
        return try names.reduce(into: [:]) { bytes, name in
            var data = try Data(contentsOf: URL(fileURLWithPath: site["Outbox/\(id)/\(name)"]))
            if name == "error.json", var error = try JSONSerialization.jsonObject(with: data) as? [String: Any] {
                error["time"] = nil
                data = try JSONSerialization.data(
                    withJSONObject: error, options: [.sortedKeys, .withoutEscapingSlashes])
            }
            // The models carry the job's identifier and messages the folder's name; those of one length, so that all
            // else can be compared.
            bytes[name] = Self.replacing(site.root, in: Self.replacing(id, in: data))
        }
    }

    private static func replacing(_ id: String, in data: Data) -> Data {
        var data = data
        let stand = Data(repeating: UInt8(ascii: "*"), count: id.utf8.count)
        while let range = data.range(of: Data(id.utf8)) { data.replaceSubrange(range, with: stand) }
        return data
    }

    private func wrongSums(_ id: String) throws -> [String] {
        guard let list = try? String(contentsOfFile: site["Outbox/\(id)/SHA256SUMS"], encoding: .utf8) else {
            return []
        }
        return try list.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            let data = try Data(contentsOf: URL(fileURLWithPath: site["Outbox/\(id)/\(parts[1])"]))
            let digest = SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined()
            return digest == parts[0] ? nil : "\(id)/\(parts[1]) does not have the sum that SHA256SUMS says"
        }
    }

    /// Hidden, partial and forgotten files.
    private func strays() -> [String] {
        var faults: [String] = []
        func look(_ folder: String, _ isExpected: (String) -> Bool) {
            let strays = site.names(folder).filter { !isExpected($0) }
            if !strays.isEmpty { faults.append("strays in \(folder): \(strays)") }
        }
        look("Inbox") { ["shapes", "noise", ".distilld.lock", ".failed"].contains($0) }
        look("Outbox") { !$0.hasPrefix(".") }
        look("Inbox/.failed") { !$0.hasPrefix(".") }
        look("State/archive") { !$0.hasPrefix(".") }
        look("State/jobs") { _ in false }
        look("State/control") { _ in false }
        look("State/notices") { _ in false }
        // Where the disk refused to remove one too, the next daemon does.
        look("State/cache") { error != nil || !$0.hasSuffix(".part") && !$0.hasSuffix(".tmp") }
        look("State") {
            ["archive", "cache", "control", "jobs", "lock", "notices"].contains($0) || $0.hasPrefix("ledger.sqlite")
        }
        return faults
    }
}
