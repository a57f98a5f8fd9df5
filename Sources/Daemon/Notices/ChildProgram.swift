import Foundation

/// A program that is run to its end, in a process group of its own that does not outlive it.
enum ChildProgram {
    struct Result: Sendable {
        /// nil: it took too long, or was not let go on, and was killed.
        var end: ProcessEnd?
        /// The end of what it printed, errors among it.
        var output: String

        var isSuccess: Bool { end == .exited(0) }

        /// `exited with 3`
        var words: String {
            switch end {
            case .exited(let code): "exited with \(code)"
            case .killed(let signal): "was killed by signal \(signal)"
            case nil: "took too long and was killed"
            }
        }
    }

    private static let outputBytes = 4096
    private static let interval: UInt32 = 10_000

    /// - Parameters:
    ///   - input: the file that is its standard input.
    ///   - scratch: a folder for what it prints, until it has ended.
    ///   - shouldStop: asked again and again; true kills it.
    /// - Throws: `FileError` where it cannot be started.
    static func run(
        _ command: [String], input: String, environment: [String: String] = [:], scratch: String, timeout: Duration,
        shouldStop: @Sendable @escaping () -> Bool
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Swift.Result {
                        try runNow(
                            command, input: input, environment: environment, scratch: scratch, timeout: timeout,
                            shouldStop: shouldStop)
                    })
            }
        }
    }

    private static func runNow(
        _ command: [String], input: String, environment: [String: String], scratch: String, timeout: Duration,
        shouldStop: () -> Bool
    ) throws -> Result {
        let path = Path.join(scratch, ".\(UUID().uuidString).output")
        let output = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_APPEND, 0o600)
        guard output >= 0 else { throw FileError("create", path) }
        unlink(path)
        defer { close(output) }
        let source = Glibc.open(input, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw FileError("open", input) }
        defer { close(source) }

        let pid = try WorkerProcess.spawn(
            command, input: source, output: output, error: output, environment: environment)
        let deadline = ContinuousClock.now + timeout
        var wasStopped = false
        var info = siginfo_t()
        // Asked for without reaping: until then the process's number is nobody else's.
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT | WNOHANG) != 0 || info._sifields._kill.si_pid == 0 {
            if ContinuousClock.now > deadline || shouldStop() {
                wasStopped = true
                break
            }
            usleep(interval)
        }
        let end = WorkerProcess.endGroup(pid)
        let size = Int(lseek(output, 0, SEEK_END))
        lseek(output, off_t(max(0, size - outputBytes)), SEEK_SET)
        let text = String(decoding: try FileBytes.readSome(output, outputBytes, path), as: UTF8.self)
        return Result(
            end: wasStopped ? nil : end, output: text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
