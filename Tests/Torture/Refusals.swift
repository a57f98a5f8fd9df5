import Foundation

/// A disk that refuses some calls of the daemon or of its workers, with the errors of broken, full and locked disks, and
/// is well again afterwards. Each job must end once, as if nothing had been, or as a failure that names the disk's error
/// and gives the input back.
final class Refusals {
    private let wanted: Int
    private var random: SplitMix
    private var seen: [String: Int] = [:]

    private static let codes = [EIO, ENOSPC, EDQUOT, EROFS]

    init(refusals: Int, seed: UInt64) {
        wanted = refusals
        random = SplitMix(seed)
    }

    func run() throws {
        let begin = Date()
        let tormentor = Tormentor(kills: 1, seed: 1)
        let expected = try tormentor.measure()
        var rounds = 0
        var failed = 0
        var restarts = 0
        var refused = 0
        while refused < wanted {
            let site = try Site()
            for drop in Drop.allCases { try drop.drop(into: site) }
            let role = Bool.random(using: &random) ? Arming.Role.daemon : .worker
            let calls = role == .daemon ? tormentor.daemonCalls : tormentor.workerCalls
            let folder = role == .worker ? "State" : ["State", "Outbox", "Inbox"].randomElement(using: &random)!
            let code = Self.codes.randomElement(using: &random)!
            let first = Int.random(in: 1...(folder == "State" ? calls : max(1, calls / 10)), using: &random)
            let count = Int.random(in: 1...4, using: &random)
            let name = "\(role) in \(folder): \(String(cString: strerror(code)))"
            try site.write("", "refused")
            try site.start([
                .role: role.rawValue, .token: site["refused"],
                .refusal: "\(site[folder]) \(code) \(first) \(count)",
            ])
            rounds += 1
            let isDone = { site.isQuiet && site.names("Outbox").count >= Drop.allCases.count }
            var ended = site.wait(atMost: 120) { !site.isServing || isDone() }
            // A daemon that cannot do without what was refused ends, and its service manager starts it again.
            if ended, !site.isServing {
                restarts += 1
                try site.start()
                ended = site.wait(atMost: 120) { !site.isServing || isDone() }
            }
            usleep(20_000)
            site.kill(SIGTERM)
            if access(site["refused"], F_OK) != 0 {
                refused += 1
                seen[name, default: 0] += 1
            }
            var faults = try Judge(site: site, error: code).faults(after: 1, expected)
            if !ended { faults.insert("the jobs do not end: state \(site.names("State/jobs"))", at: 0) }
            guard faults.isEmpty else {
                throw Site.Trouble(
                    description: "\(name), calls \(first) to \(first + count - 1):\n" + faults.joined(separator: "\n")
                        + "\nthe daemon's log:\n" + site.log)
            }
            failed += site.names("Outbox").filter { site.names("Outbox/\($0)").contains("error.json") }.count - 2
        }
        for (kind, count) in seen.sorted(by: { $0.key < $1.key }) {
            print(String(repeating: " ", count: max(0, 6 - "\(count)".count)) + "\(count)  \(kind)")
        }
        print(
            "\(refused) refusals, \(rounds * Drop.allCases.count) jobs, \(Int(Date().timeIntervalSince(begin))) s: each job"
                + " ended once, complete; \(failed) failed and said why, the daemon was started again \(restarts) times."
        )
    }
}
