import CSandbox
import Foundation
import Manifests

/// Shuts a worker in before it looks at files of others: it writes below its order's folders only, has no network and
/// gains no privileges. What the kernel lacks is left out; `distilld doctor` says so.
enum Confinement {
    /// Set in a process that is shut in.
    private static let variable = "DISTILLD_CONFINED"

    /// The first time it replaces the process by the same program, shut in: the rules of Landlock hold for a thread and
    /// what it starts, and a Swift program has several threads before its first line.
    ///
    /// - Parameter temporary: a folder of this process alone, emptied.
    /// - Throws: `JobFailure` where the kernel refuses what it knows, or a folder cannot be made.
    static func enter(_ order: WorkOrder, temporary: String) throws {
        guard getenv(variable) == nil else { return }
        let files = FileManager.default
        if files.fileExists(atPath: temporary) { try files.removeItem(atPath: temporary) }
        let folders = [order.stagingDirectory, order.checkpointDirectory, order.cacheDirectory, temporary]
        for folder in folders { try files.createDirectory(atPath: folder, withIntermediateDirectories: true) }
        try confine(writable: folders + ["/dev/null"])
        // For this process's children too, the C compiler among them.
        setenv("TMPDIR", temporary, 1)
        setenv(variable, "1", 1)
        var arguments = CommandLine.arguments.map { strdup($0) }
        arguments.append(nil)
        _ = sandbox_restart(arguments)
        throw refusal("a second start")
    }

    private static func confine(writable: [String]) throws {
        let paths = writable.map { strdup($0) }
        defer { for path in paths { free(path) } }
        let constant = paths.map { UnsafePointer($0) }
        guard sandbox_confine(constant, Int32(constant.count)) >= 0 else { throw refusal("its sandbox") }
    }

    private static func refusal(_ what: String) -> JobFailure {
        JobFailure(
            code: "worker.sandbox", what: "The system refuses the worker \(what): \(String(cString: strerror(errno)))",
            fix: "look at what confines the daemon itself, such as its unit or container, and allow landlock, seccomp "
                + "and execve there")
    }
}
