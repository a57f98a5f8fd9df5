import Foundation
import Logging
import Manifests

/// Runs the programs of the hook folder for a job that has ended.
///
/// They run one after the other in the order of their names, with the job's JSON on standard input and
/// `DISTILLD_EVENT`, `DISTILLD_JOB` and `DISTILLD_FOLDER` in their environment. One that fails is logged, not repeated,
/// and does not keep others from running.
struct HookRunner: Sendable {
    let context: DaemonContext
    let running: RunningJobs

    /// - Parameter input: the file with the notice.
    /// - Returns: whether they have all run; false where the daemon stops.
    func run(_ notice: Notice, input: String, _ logger: Logger) async throws -> Bool {
        guard let hooks = context.config.notify.hooks else { return true }
        for path in programs(in: Path.join(hooks, notice.event.rawValue), logger) {
            let result: ChildProgram.Result
            do {
                result = try await ChildProgram.run(
                    [path], input: input,
                    environment: [
                        "DISTILLD_EVENT": notice.event.rawValue, "DISTILLD_JOB": notice.job.id,
                        "DISTILLD_FOLDER": notice.job.folder ?? "",
                    ], scratch: context.state.notices, timeout: .seconds(context.config.notify.hookSeconds)
                ) { [running] in running.isShuttingDown }
            } catch let error as FileError {
                logger.error("A hook cannot be run", metadata: ["hook": "\(path)", "error": "\(error)"])
                continue
            }
            if running.isShuttingDown { return false }
            logger.log(
                level: result.isSuccess ? .info : .error, result.isSuccess ? "A hook was run" : "A hook failed",
                metadata: ["hook": "\(path)", "how": "\(result.words)", "output": "\(result.output.shown)"])
        }
        return true
    }

    /// The folder's programs in the order of their names. What others than root and the daemon's user could change is
    /// not run: it would be a way to their rights.
    private func programs(in folder: String, _ logger: Logger) -> [String] {
        let entries: [Folder.Entry]
        do { entries = try Folder.entries(of: folder) } catch {
            if let error = error as? FileError, error.code == ENOENT { return [] }
            logger.error("The hooks cannot be read", metadata: ["error": "\(error)"])
            return []
        }
        return entries.compactMap { entry in
            guard let name = entry.name, !UnfinishedName.matches(name) else { return nil }
            let path = Path.join(folder, name)
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 else {
                return nil
            }
            guard status.st_uid == 0 || status.st_uid == geteuid(), status.st_mode & S_IWOTH == 0 else {
                logger.error(
                    "A hook is not run, because other users can change it", metadata: ["hook": "\(path)"])
                return nil
            }
            return path
        }
    }
}
