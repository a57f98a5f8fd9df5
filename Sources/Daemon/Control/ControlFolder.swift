import Foundation
import Ledger

/// The daemon's end of the control folder: takes commands out of it and puts answers in.
///
/// Commands are files because files survive both sides: there is no connection to lose, no server to hang, and the
/// folder's permissions say who may command.
struct ControlFolder: Sendable {
    private let context: DaemonContext
    private let commands: JobCommands
    /// Seconds after which an answer that nobody took is removed.
    private static let patience = 60.0

    init(_ context: DaemonContext, commands: JobCommands) {
        self.context = context
        self.commands = commands
    }

    /// Carries out all commands that are there.
    func obey() async throws {
        let folder = context.state.control
        for name in try Folder.names(of: folder) where !name.hasPrefix(".") {
            let path = Path.join(folder, name)
            if name.hasSuffix(ControlCommand.suffix) {
                let answer = Path.join(folder, name.dropLast(ControlCommand.suffix.count) + ControlAnswer.suffix)
                try await obey(path, answering: answer)
            } else if let status = try FileStatus.of(path),
                Date().timeIntervalSince1970 - Double(status.changed.tv_sec) > Self.patience
            {
                try FileBytes.removeFile(path)
            }
        }
    }

    private func obey(_ path: String, answering answerPath: String) async throws {
        guard let bytes = try FileBytes.read(path, last: 1 << 16) else { return }
        // Removed first: a command that was carried out must not be found again after a crash.
        try FileBytes.removeFile(path)
        let answer: ControlAnswer
        do {
            let command = try JSONDecoder().decode(ControlCommand.self, from: Data(bytes))
            answer = ControlAnswer(isDone: true, message: try await carryOut(command))
        } catch let refusal as JobCommands.Refusal {
            answer = ControlAnswer(isDone: false, message: refusal.description)
        } catch is DecodingError {
            answer = ControlAnswer(
                isDone: false, message: "The daemon does not understand the command: is this program of its version?")
        } catch  where error is FileError || error is LedgerError {
            answer = ControlAnswer(isDone: false, message: "\(error)")
        }
        try FileBytes.write(JSONEncoder().encode(answer), to: answerPath)
    }

    private func carryOut(_ command: ControlCommand) async throws -> String {
        switch command.verb {
        case .cancel: return try await commands.cancel(command.job)
        case .retry: return "Queued again as \(try await commands.retry(command.job))."
        }
    }
}
