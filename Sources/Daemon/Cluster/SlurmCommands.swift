import Foundation

/// What Slurm did not do.
struct SlurmError: Error, CustomStringConvertible {
    var program: String
    var words: String
    /// Whether the same may be done later: its controller does not answer, or a limit of the cluster is reached.
    var isPassing = true

    var description: String { "\(program): \(words)" }
}

/// Slurm's programs, found by PATH.
struct SlurmCommands: Sendable {
    /// A folder for what they print.
    let scratch: String

    /// After which one that hangs is killed.
    private static let limit = Duration.seconds(60)
    /// Of the daemon's environment; sbatch hands it on to the job, which needs none of the daemon's secrets.
    private static let passed: Set = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LD_LIBRARY_PATH", "SLURM_CONF", "TZ"]

    private static let programs = ["sbatch", "squeue", "scancel"]

    /// Those that are missing.
    static var missing: [String] { programs.filter { path(of: $0) == nil } }

    static func path(of program: String) -> String? {
        let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return folders.split(separator: ":").map { Path.join(String($0), program) }.first { access($0, X_OK) == 0 }
    }

    /// - Returns: the batch job's number.
    func submit(_ options: [String], script: String) throws -> String {
        let output = try run("sbatch", ["--parsable"] + options + [script])
        // `17`, or `17;cluster`.
        let number = output.split(separator: "\n").last?.prefix { $0.isNumber }.description ?? ""
        guard !number.isEmpty else {
            throw SlurmError(program: "sbatch", words: "it printed \(output.shown) and no number", isPassing: false)
        }
        return number
    }

    /// - Returns: the number of the batch job of this name; nil: there is none, or none any more.
    func find(name: String) throws -> String? {
        try run("squeue", ["--noheader", "--states=all", "--format=%F", "--name=\(name)"])
            .split(separator: "\n").last.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// How its parts stand; those that Slurm no longer knows are missing. Its controller forgets a job some minutes
    /// after its end, by default five; the database, where the cluster has one, does not.
    func status(of job: String) throws -> [Int: SlurmStatus] {
        do {
            let text = try run(
                "squeue", ["--noheader", "--states=all", "--array", "--format=%i|%T|%r", "--jobs=\(job)"])
            let found = SlurmStatus.parse(text, job: job)
            if !found.isEmpty { return found }
        } catch let error as SlurmError where error.words.contains("Invalid job id") {
            // Forgotten.
        }
        guard Self.path(of: "sacct") != nil,
            let text = try? run(
                "sacct", ["--noheader", "--parsable2", "--allocations", "--format=JobID,State", "--jobs=\(job)"])
        else { return [:] }
        return SlurmStatus.parse(text, job: job)
    }

    func cancel(name: String) throws { _ = try run("scancel", ["--name=\(name)"]) }

    /// - Throws: `SlurmError`; `FileError` where the disk does not do its part.
    private func run(_ program: String, _ arguments: [String]) throws -> String {
        guard let path = Self.path(of: program) else {
            throw SlurmError(
                program: program, words: "it is not in the PATH of the daemon; install Slurm's client programs",
                isPassing: false)
        }
        let (output, errors) = (try UnnamedFile(in: scratch), try UnnamedFile(in: scratch))
        // In the group of this process: who kills it kills them, and nothing is submitted behind the back of the next.
        let pid = try WorkerProcess.spawn(
            [path] + arguments, output: output.descriptor, error: errors.descriptor, group: getpgrp(),
            passing: { Self.passed.contains($0) || $0.hasPrefix("DISTILLD_") })
        let deadline = ContinuousClock.now + Self.limit
        var status: Int32 = 0
        var isLate = false
        while waitpid(pid, &status, WNOHANG) == 0 {
            if ContinuousClock.now > deadline, !isLate {
                isLate = true
                kill(pid, SIGKILL)
            }
            usleep(10_000)
        }
        let text = try output.text()
        guard status != 0 else { return text }
        let words = Self.words(try errors.text(), of: program)
        if isLate { throw SlurmError(program: program, words: "it did not end within a minute") }
        throw SlurmError(program: program, words: words, isPassing: Self.isPassing(words))
    }

    /// On one line, without the program's name and rank before each.
    static func words(_ text: String, of program: String) -> String {
        let lines = text.split(separator: "\n").map { line in
            var line = line.trimmingCharacters(in: .whitespaces)
            for start in ["\(program): ", "error: ", "fatal: "] where line.hasPrefix(start) {
                line.removeFirst(start.count)
            }
            return line.shown
        }
        return lines.isEmpty ? "it failed without a word" : lines.joined(separator: "; ")
    }

    /// Slurm's programs exit with 1 for everything: their words tell.
    static func isPassing(_ words: String) -> Bool {
        [
            "contact slurm controller", "timed out", "connection refused", "connection failure", "zero bytes",
            "temporarily", "backup controller", "in standby", "control machine", "configuration source",
            // Limits of the cluster that the end of other jobs makes room in.
            "submit limit", "SubmitJobLimit", "SubmitJobPerUser",
        ].contains { words.localizedCaseInsensitiveContains($0) }
    }
}

/// A file that goes away with its descriptor.
private final class UnnamedFile {
    let descriptor: Int32
    private let path: String

    init(in folder: String) throws {
        path = Path.join(folder, ".\(UUID().uuidString).output")
        descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw FileError("create", path) }
        unlink(path)
    }

    deinit { close(descriptor) }

    func text() throws -> String {
        lseek(descriptor, 0, SEEK_SET)
        return String(decoding: try FileBytes.readRest(descriptor, path), as: UTF8.self)
    }
}
