import Dispatch
import Foundation
import Synchronization

/// How a process ended.
enum ProcessEnd: Sendable, Equatable {
    case exited(Int32)
    case killed(signal: Int32)
}

/// A worker: a process in a group of its own, whose standard output is read line by line.
final class WorkerProcess: Sendable {
    enum Output: Sendable {
        /// Without its newline.
        case line([UInt8])
        /// The last one.
        case ended(ProcessEnd)
    }

    let pid: pid_t
    let output: AsyncStream<Output>

    /// A line longer than this is cut: no event is, and memory is not the worker's to fill.
    static let longestLine = 1 << 20

    /// Starts the process with standard error at the end of the job's log and the worker's lock held until it dies.
    static func start(_ command: [String], in folder: JobFolder) throws -> WorkerProcess {
        let lock = try WorkerLock.take(folder)
        defer { close(lock) }
        let log = Glibc.open(folder.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard log >= 0 else { throw FileError("open", folder.log) }
        defer { close(log) }
        // One at a time: another worker that is started between the two calls that make a pipe, and that close it for
        // exec, would inherit it, and this one's output would not end before that one does.
        return try spawning.withLock { _ in
            var pipe: [Int32] = [-1, -1]
            guard Glibc.pipe(&pipe) == 0 else { throw FileError("create a pipe for", folder.root) }
            defer { close(pipe[1]) }
            for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            var started: pid_t?
            do {
                let pid = try spawn(command, output: pipe[1], error: log, lock: lock)
                started = pid
                try WorkerLock.record(pid, in: lock, folder)
                return WorkerProcess(pid: pid, reading: pipe[0])
            } catch {
                close(pipe[0])
                // Nobody would listen to it.
                if let started { _ = endGroup(started) }
                throw error
            }
        }
    }

    private static let spawning = Mutex(())

    private init(pid: pid_t, reading descriptor: Int32) {
        self.pid = pid
        let hasEnded = Flag()
        self.hasEnded = hasEnded
        let (stream, continuation) = AsyncStream.makeStream(of: Output.self)
        output = stream
        let hasReadAll = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            Self.readLines(from: descriptor) { continuation.yield(.line($0)) }
            close(descriptor)
            hasReadAll.signal()
        }
        Thread.detachNewThread {
            let status = Self.awaitEnd(of: pid, hasEnded)
            hasReadAll.wait()
            continuation.yield(.ended(status))
            continuation.finish()
        }
    }

    /// Sends a signal to the process and those it started.
    func signal(_ number: Int32) {
        hasEnded.value.withLock { hasEnded in
            if !hasEnded { kill(-pid, number) }
        }
    }

    /// Set before the process is reaped: until then its number is not given to another.
    private final class Flag: Sendable {
        let value = Mutex(false)
    }

    private let hasEnded: Flag

    private static func readLines(from descriptor: Int32, _ body: ([UInt8]) -> Void) {
        var line: [UInt8] = []
        // An error other than an interruption, which does not happen to pipes, ends the output like its end.
        while let piece = try? FileBytes.readSome(descriptor, 1 << 16, "the worker's output"), !piece.isEmpty {
            for part in piece.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
                if part.offset > 0 {
                    body(line)
                    line.removeAll(keepingCapacity: true)
                }
                line += part.element.prefix(max(0, longestLine - line.count))
            }
        }
        if !line.isEmpty { body(line) }
    }

    /// Waits without reaping, ends what the process left behind in its group, then reaps.
    private static func awaitEnd(of pid: pid_t, _ flag: Flag) -> ProcessEnd {
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        flag.value.withLock { hasEnded in
            hasEnded = true
            kill(-pid, SIGKILL)
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return ended(status)
    }

    /// WIFEXITED and WEXITSTATUS, which are macros.
    private static func ended(_ status: Int32) -> ProcessEnd {
        status & 0x7F == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: status & 0x7F)
    }

    /// Texts for C, with nil at their end; to be freed.
    private static func copies(of texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { strdup($0) } + [nil]
    }

    /// Kills what is left of a group, its leader among it, and reaps the leader.
    static func endGroup(_ pid: pid_t) -> ProcessEnd {
        kill(-pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return ended(status)
    }

    /// Starts a process with signals as they are by default.
    /// - Parameters:
    ///   - input: nil: nothing.
    ///   - lock: stays open in the process.
    ///   - group: that it joins; 0: it leads one of its own.
    ///   - environment: in addition to the daemon's.
    ///   - passing: whether it gets this variable of the daemon's.
    static func spawn(
        _ command: [String], input: Int32? = nil, output: Int32, error: Int32, lock: Int32? = nil,
        group: pid_t = 0, environment: [String: String] = [:], passing: (String) -> Bool = { _ in true }
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, error, 2)
        // A descriptor that stays open in the worker keeps the lock as long as the worker lives.
        if let lock { posix_spawn_file_actions_adddup2(&actions, lock, WorkerLock.descriptorInWorker) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        var none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, group)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(flags))

        let arguments = copies(of: command)
        let inherited = ProcessInfo.processInfo.environment.filter { passing($0.key) }
        let variables = copies(of: inherited.merging(environment) { $1 }.map { "\($0.key)=\($0.value)" }.sorted())
        defer { for text in arguments + variables { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, command[0], &actions, &attributes, arguments, variables)
        guard code == 0 else { throw FileError("start", command[0], code) }
        return pid
    }
}
