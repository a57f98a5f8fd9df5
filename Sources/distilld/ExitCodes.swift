import ArgumentParser
import Daemon
import Exporters
import Foundation
import Manifests

/// The one place where an error becomes an exit code (of sysexits(3)) and a message.
extension Distilld {
    static func end(with error: any Error) -> Never {
        guard let code = code(for: error) else { exit(withError: error) }
        FileHandle.standardError.write(Data("distilld: \(error)\n".utf8))
        exit(withError: ExitCode(code))
    }

    /// nil: an error of the command line, a wish for help, or a code that a subcommand chose.
    private static func code(for error: any Error) -> Int32? {
        switch error {
        case is CleanExit, is ValidationError, is ExitCode: nil
        case is ManifestProblems, is Check.Unusable: EX_DATAERR
        case is ConfigLocation.Missing, is ConfigLocation.Invalid: EX_CONFIG
        case is FolderLock.Held: EX_CANTCREAT
        case ControlClient.Failure.notRunning, ControlClient.Failure.silent: EX_UNAVAILABLE
        case ControlClient.Failure.noLedger, is JobQuery.Failure, is LogReader.Missing,
            is SavedModel.Unreadable:
            EX_NOINPUT
        // What the parser throws is private to it: wishes for help or the version, and what it cannot understand.
        case let error where [.success, .validationFailure].contains(exitCode(for: error)): nil
        default: EXIT_FAILURE
        }
    }
}
