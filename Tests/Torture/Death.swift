import Daemon
import Manifests

/// One way to be killed.
enum Death: CustomStringConvertible {
    /// At a step that the daemon names.
    case daemonAt(FaultPoint)
    /// Instead of the daemon's call of this number that would change a disk.
    case daemonCall(Int)
    case workerCall(Int)
    /// After the worker has said this.
    case workerSays(String)
    /// From outside, after so many seconds.
    case daemonAfter(Double)
    case workerAfter(Double)
    /// Both at once, as the kernel or the power does it.
    case allAfter(Double)

    /// Of which the jobs here have none.
    private static let others: [Stage] = [.assistant, .audition, .peer]

    /// What a worker says at the beginning of each stage, and of itself.
    static let words =
        [#""event":"started""#, #""event":"epoch""#, #""event":"trial""#, #""event":"finished""#]
        + Stage.allCases.filter { !others.contains($0) }.map { #""event":"stage","stage":"\#($0.rawValue)""# }

    /// What an armed process is told; nil for deaths from outside.
    var arming: [Arming.Key: String]? {
        switch self {
        case .daemonAt(let point): [.role: Arming.Role.daemon.rawValue, .point: point.rawValue]
        case .daemonCall(let call): [.role: Arming.Role.daemon.rawValue, .call: "\(call)"]
        case .workerCall(let call): [.role: Arming.Role.worker.rawValue, .call: "\(call)"]
        case .workerSays(let text): [.role: Arming.Role.worker.rawValue, .output: text]
        case .daemonAfter, .workerAfter, .allAfter: nil
        }
    }

    /// Whether the daemon has to be started again.
    var takesTheDaemon: Bool {
        switch self {
        case .daemonAt, .daemonCall, .daemonAfter, .allAfter: true
        case .workerCall, .workerSays, .workerAfter: false
        }
    }

    /// For the table at the end.
    var kind: String {
        switch self {
        case .daemonAt(let point): "daemon at \(point.rawValue)"
        case .daemonCall: "daemon at a disk call"
        case .workerCall: "worker at a disk call"
        case .workerSays(let text): "worker at \(text.filter { $0 != "\"" })"
        case .daemonAfter: "daemon at random"
        case .workerAfter: "worker at random"
        case .allAfter: "daemon and worker at random"
        }
    }

    var description: String {
        switch self {
        case .daemonCall(let call), .workerCall(let call): "\(kind) \(call)"
        case .daemonAfter(let seconds), .workerAfter(let seconds), .allAfter(let seconds): "\(kind) after \(seconds) s"
        default: kind
        }
    }
}
