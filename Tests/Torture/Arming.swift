import CInjection
import Daemon
import Foundation

/// When a process kills itself, as the environment says: how the tormentor tells the daemon, and through it the worker.
struct Arming {
    enum Role: String { case daemon, worker }

    /// Of the environment. `token`: a file, removed by the one process that dies.
    enum Key: String {
        case role = "TORTURE_ROLE"
        case token = "TORTURE_TOKEN"
        case point = "TORTURE_POINT"
        case call = "TORTURE_CALL"
        case output = "TORTURE_OUTPUT"
        case interrupt = "TORTURE_INTERRUPT"
        /// By how many seconds the clock jumps to and fro.
        case clock = "TORTURE_CLOCK"
        /// A folder, where each role writes how many calls it made.
        case counts = "TORTURE_COUNTS"
        /// A file for all changes of the disk, and the folder in which they are recorded.
        case record = "TORTURE_RECORD"
        case recorded = "TORTURE_RECORDED"
        /// `FOLDER ERRNO FIRST COUNT`: which calls the disk refuses; the token goes when it has.
        case refusal = "TORTURE_REFUSAL"
    }

    private let role: Role
    private let values: [Key: String]

    init(role: Role, environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.role = role
        values = environment.reduce(into: [:]) { values, pair in
            if let key = Key(rawValue: pair.key) { values[key] = pair.value }
        }
    }

    private var isMine: Bool { values[.role] == role.rawValue }

    func arm() {
        if let every = values[.interrupt].flatMap({ Int64($0) }) { injection_interrupt(every) }
        if let seconds = values[.clock].flatMap({ Int64($0) }) { injection_jump(seconds) }
        if let folder = values[.counts] { injection_count_into("\(folder)/\(role.rawValue).\(getpid())") }
        if let log = values[.record], let folder = values[.recorded] { injection_record(folder, log) }
        guard isMine, let token = values[.token] else { return }
        if let words = values[.refusal]?.split(separator: " "), words.count == 4, let code = Int32(words[1]),
            let first = Int64(words[2]), let count = Int64(words[3])
        {
            injection_fail(String(words[0]), token, code, first, count)
        }
        if let call = values[.call].flatMap({ Int64($0) }) { injection_arm_call(token, call) }
        if let text = values[.output] { injection_arm_output(token, text) }
    }

    /// The daemon's named steps.
    var faults: Faults {
        if let log = values[.record], let folder = values[.recorded] { injection_record(folder, log) }
        guard isMine, let token = values[.token], let point = values[.point] else { return .none }
        return Faults { reached, _ in
            if reached.rawValue == point { injection_die(token) }
        }
    }
}
