import Daemon
import Foundation

/// Drops jobs, kills daemon and worker on the way, lets them end, and judges what is there.
final class Tormentor {
    private let wanted: Int
    private var random: SplitMix
    private var killed: [String: Int] = [:]
    private var kills = 0
    /// Calls that change a disk in an unbroken run.
    private(set) var daemonCalls = 1, workerCalls = 1
    /// How long an unbroken round takes, in seconds.
    private var roundSeconds = 1.0

    /// Rounds in the same folders, before new ones are made: their ledger, archive and cache grow meanwhile.
    private static let roundsPerSite = 12

    init(kills: Int, seed: UInt64) {
        wanted = kills
        random = SplitMix(seed)
    }

    /// - Throws: `Site.Trouble` with all that was not as promised.
    func run() throws {
        let begin = Date()
        let expected = try measure()
        print(
            "an unbroken round: \(Drop.allCases.count) jobs, \(roundSeconds.formatted()) s,"
                + " \(daemonCalls) disk calls of the daemon, \(workerCalls) of its workers")
        var deaths = namedDeaths()
        var rounds = 0
        while kills < wanted {
            let site = try Site()
            for round in 1...Self.roundsPerSite where kills < wanted {
                // Every third time the worker must read the images again.
                if round % 3 == 0 { try? FileManager.default.removeItem(atPath: site["State/cache"]) }
                try torment(site, &deaths)
                rounds += 1
                let faults = try Judge(site: site).faults(after: round, expected)
                guard faults.isEmpty else {
                    throw Site.Trouble(
                        description: "after \(kills) kills:\n" + faults.joined(separator: "\n")
                            + "\nthe daemon's log:\n" + site.log)
                }
            }
        }
        for (kind, count) in killed.sorted(by: { $0.key < $1.key }) {
            print(String(repeating: " ", count: max(0, 6 - "\(count)".count)) + "\(count)  \(kind)")
        }
        let seconds = Int(Date().timeIntervalSince(begin))
        print(
            "\(kills) kills, \(rounds) rounds, \(rounds * Drop.allCases.count) jobs, \(seconds) s: each job ended once,"
        )
        print("complete, with the bytes of an unbroken run; inputs are where they belong, and nothing else is there.")
    }

    /// An unbroken round.
    func measure() throws -> Judge.Expected {
        let site = try Site()
        let begin = Date()
        for drop in Drop.allCases { try drop.drop(into: site) }
        try site.runUnbroken([.counts: site["counts"]])
        roundSeconds = Date().timeIntervalSince(begin)
        func count(_ role: Arming.Role) -> [Int] {
            site.names("counts").filter { $0.hasPrefix(role.rawValue) }.compactMap { name in
                let text = try? String(contentsOfFile: site["counts/\(name)"], encoding: .utf8)
                return text.flatMap { Int($0.trimmingCharacters(in: .newlines)) }
            }
        }
        guard let daemon = count(.daemon).max(), let worker = count(.worker).max(), daemon > 50, worker > 50 else {
            throw Site.Trouble(description: "disk calls are not counted: \(count(.daemon)), \(count(.worker))")
        }
        (daemonCalls, workerCalls) = (daemon, worker)
        return try Judge(site: site).measure()
    }

    /// Every named step once, in random order; then chance takes over.
    private func namedDeaths() -> [Death] {
        // Not `setAside`: inbox and state lie on one file system here.
        let points = FaultPoint.allCases.filter { $0 != .setAside }.map(Death.daemonAt)
        return (points + Death.words.map(Death.workerSays)).shuffled(using: &random)
    }

    private func nextDeath(_ deaths: inout [Death]) -> Death {
        // Names are a third of all: the other thirds are calls and times.
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1:
            if deaths.isEmpty { deaths = namedDeaths() }
            return deaths.removeLast()
        case 2: return .daemonCall(Int.random(in: 1...daemonCalls, using: &random))
        case 3: return .workerCall(Int.random(in: 1...workerCalls, using: &random))
        case 4: return .daemonAfter(Double.random(in: 0...roundSeconds, using: &random))
        default:
            let seconds = Double.random(in: 0...roundSeconds, using: &random)
            return Bool.random(using: &random) ? .workerAfter(seconds) : .allAfter(seconds)
        }
    }

    /// One round: all kinds of jobs, up to three deaths, and a last daemon that brings everything to its end.
    private func torment(_ site: Site, _ deaths: inout [Death]) throws {
        let before = site.names("Outbox").count
        for drop in Drop.allCases { try drop.drop(into: site) }
        // Three crashes in a row without progress are a failure of the job, as promised: no more than two here.
        for _ in 0..<Int.random(in: 1...2, using: &random) where kills < wanted {
            try die(nextDeath(&deaths), site)
        }
        // Now and then system calls are interrupted, and the clock jumps, which must not be noticed either.
        var trouble: [Arming.Key: String] = Bool.random(using: &random) ? [.interrupt: "7"] : [:]
        if Bool.random(using: &random) { trouble[.clock] = ["2", "4000", "100000"].randomElement(using: &random) }
        try site.start(trouble)
        let ended = site.wait(atMost: 120) {
            !site.isServing || site.isQuiet && site.names("Outbox").count >= before + Drop.allCases.count
        }
        guard ended, site.isServing else {
            throw Site.Trouble(
                description: "after \(kills) kills the jobs do not end: outbox \(site.names("Outbox").count - before), "
                    + "state \(site.names("State/jobs")), inbox \(site.names("Inbox"))\n\(site.log)")
        }
        // Time for a second publication, if there were to be one.
        usleep(20_000)
        site.kill(SIGTERM)
    }

    private func die(_ death: Death, _ site: Site) throws {
        let token = site["token"]
        if var arming = death.arming {
            try site.write("", "token")
            arming[.token] = token
            try site.start(arming)
            // The step may not come in this life: an earlier one got past it.
            _ = site.wait(atMost: 30) { access(token, F_OK) != 0 || site.isQuiet || !site.isServing }
            let hasDied = access(token, F_OK) != 0
            if hasDied { note(death) }
            unlink(token)
            if death.takesTheDaemon, hasDied, !site.wait(atMost: 120, until: { !site.isServing }) {
                throw Site.Trouble(description: "\(death): the daemon lives on")
            }
            // Where the worker died, its daemon goes on for a while.
            if !death.takesTheDaemon, hasDied { usleep(100_000) }
            return site.kill()
        }
        try site.start()
        switch death {
        case .daemonAfter(let seconds):
            usleep(UInt32(seconds * 1e6))
            note(death)
            site.kill()
        case .workerAfter(let seconds), .allAfter(let seconds):
            usleep(UInt32(seconds * 1e6))
            if site.killWorker() { note(death) }
            if death.takesTheDaemon { note(death) } else { usleep(100_000) }
            site.kill()
        default: break
        }
    }

    private func note(_ death: Death) {
        kills += 1
        killed[death.kind, default: 0] += 1
        if kills % 100 == 0 { print("\(kills) kills") }
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): a torture can be repeated by its seed, but for the times of the machine.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
