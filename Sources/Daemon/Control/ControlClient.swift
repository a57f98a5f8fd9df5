import Foundation
import Ledger
import Manifests

/// Another program's way to the daemon: reads its ledger, and hands it commands.
public struct ControlClient: Sendable {
    public let config: DaemonConfig
    private let state: StateLayout

    public init(config: DaemonConfig) {
        self.config = config
        state = StateLayout(root: config.state)
    }

    public enum Failure: Error, CustomStringConvertible {
        case notRunning(state: String)
        case silent
        /// No daemon ever served this state folder, or this user may not see it.
        case noLedger(String)
        case refused(String)

        public var description: String {
            switch self {
            case .notRunning(let state):
                "The daemon that serves \(state) is not running. Start it with `distilld serve`, or "
                    + "`systemctl start distilld` where it is installed."
            case .silent: "The daemon did not answer within \(Int(ControlClient.patience)) seconds: see its log."
            case .noLedger(let why): why
            case .refused(let why): why
            }
        }
    }

    static let patience = 10.0

    public func isDaemonRunning() throws -> Bool { try FolderLock.isHeld(file: state.lock) }

    var ledgerPath: String { state.ledger }

    public func openLedger() throws -> LedgerReader {
        guard access(state.ledger, R_OK) == 0 else {
            let reason = FileError("read", state.ledger)
            throw Failure.noLedger(
                reason.code == ENOENT
                    ? "No daemon has served the state folder \(config.state) yet. Start one with `distilld serve`, or "
                        + "name its configuration with --config."
                    : "This user \(reason). Run it as root or as the daemon's user: sudo distilld ...")
        }
        return try LedgerReader(path: state.ledger)
    }

    /// Cancels the job that `query` means.
    /// - Returns: what the daemon says.
    public func cancel(_ query: String) async throws -> String {
        let job = try await find(query, for: "cancel") { !$0.state.isFinal }
        return try await send(ControlCommand(verb: .cancel, job: job.id))
    }

    /// Queues the failed or cancelled job that `query` means again.
    /// - Returns: what the daemon says.
    public func retry(_ query: String) async throws -> String {
        let job = try await find(query, for: "retry") { $0.state == .failed || $0.state == .cancelled }
        return try await send(ControlCommand(verb: .retry, job: job.id))
    }

    private func find(
        _ query: String, for verb: String, _ isEligible: (JobRecord) -> Bool
    ) async throws -> JobRecord {
        guard try isDaemonRunning() else { throw Failure.notRunning(state: config.state) }
        return try JobQuery(query).one(of: try await openLedger().jobs(), verb: verb, where: isEligible)
    }

    private func send(_ command: ControlCommand) async throws -> String {
        let id = UUID().uuidString
        let commandPath = Path.join(state.control, id + ControlCommand.suffix)
        let answerPath = Path.join(state.control, id + ControlAnswer.suffix)
        try FileBytes.write(JSONEncoder().encode(command), to: commandPath)
        let end = ContinuousClock.now + .seconds(Self.patience)
        while ContinuousClock.now < end {
            if let bytes = try FileBytes.read(answerPath) {
                try FileBytes.removeFile(answerPath)
                let answer = try JSONDecoder().decode(ControlAnswer.self, from: Data(bytes))
                guard answer.isDone else { throw Failure.refused(answer.message) }
                return answer.message
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        try FileBytes.removeFile(commandPath)
        throw Failure.silent
    }
}
