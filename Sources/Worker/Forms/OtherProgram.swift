import Foundation

/// Another program, run to its end.
///
/// Not by Foundation's `Process`: on Linux it hears of the end through a UDP socket, and a worker that is shut in has
/// none (see `Confinement`).
enum OtherProgram {
    struct NotStarted: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameters:
    ///   - input: the file that it reads.
    ///   - output: the file that gets what it prints, made anew.
    ///   - errors: the same for what it complains of.
    /// - Returns: its exit code; 128 and the signal's number where one ended it.
    /// - Throws: `NotStarted`.
    static func run(
        _ program: String, _ arguments: [String], input: String, output: String, errors: String
    ) throws(NotStarted) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let writing = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, writing, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, writing, 0o600)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Whatever this thread blocks is nothing to another program.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        let words = ([program] + arguments).map { strdup($0) } + [nil]
        let environment = ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + environment { free(text) } }
        var pid = pid_t()
        let error = posix_spawn(&pid, program, &actions, &attributes, words, environment)
        guard error == 0 else {
            throw NotStarted(description: "\(program) cannot be run: \(String(cString: strerror(error)))")
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else {
                throw NotStarted(description: "\(program) is lost: \(String(cString: strerror(errno)))")
            }
        }
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}
