import Foundation
import Testing

/// Folders for one daemon, and the daemon; removed at the end.
final class Site {
    let root: URL
    private var daemon: Process?

    struct TimedOut: Error, CustomStringConvertible {
        var description: String
    }

    /// - Parameter settings: further lines of the configuration.
    init(_ settings: String = "", settleSeconds: Double = 0.5, threads: Int = 1) throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("site-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        let config = """
            inbox: Inbox
            outbox: Outbox
            state: State
            settleSeconds: \(settleSeconds)
            pollSeconds: 0.5
            http: { port: 0 }
            threadsPerJob: \(threads)
            \(settings)

            """
        try Data(config.utf8).write(to: root.appendingPathComponent("distilld.yaml"))
        for folder in ["Inbox", "Outbox"] {
            try FileManager.default.createDirectory(at: url(folder), withIntermediateDirectories: true)
        }
    }

    deinit {
        if let daemon, daemon.isRunning {
            kill(daemon.processIdentifier, SIGTERM)
            daemon.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: root)
    }

    var config: String { url("distilld.yaml").path }

    func url(_ path: String) -> URL { root.appendingPathComponent(path) }

    func drop(_ text: String, as name: String) throws {
        // As a careful copy does it: under another name until it is whole.
        let partial = url("Inbox/.\(name).part")
        try Data(text.utf8).write(to: partial)
        try FileManager.default.moveItem(at: partial, to: url("Inbox/\(name)"))
    }

    func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url(folder).path).sorted()
    }

    /// The outbox folders of jobs with this name, oldest first.
    func published(_ name: String) throws -> [String] {
        try names("Outbox").filter { $0.hasPrefix(name + "-") }
    }

    func file(_ path: String) throws -> Data { try Data(contentsOf: url(path)) }

    // MARK: The daemon

    var daemonPID: Int32? { daemon.map(\.processIdentifier) }

    /// - Parameter environment: what is to be other than this process has it.
    func start(_ environment: [String: String] = [:]) throws {
        let process = Distilld.process(["serve", "--config", config])
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        let log = url("daemon.log")
        if !FileManager.default.fileExists(atPath: log.path) {
            try Data().write(to: log)
        }
        let handle = try FileHandle(forWritingTo: log)
        try handle.seekToEnd()
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        daemon = process
    }

    /// - Returns: the exit code and how long the end took, in seconds.
    @discardableResult func stop(_ signal: Int32 = SIGTERM) throws -> (code: Int32, seconds: Double) {
        let process = try #require(daemon)
        let clock = ContinuousClock()
        let begin = clock.now
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        daemon = nil
        return (process.terminationStatus, (clock.now - begin) / .seconds(1))
    }

    var log: String { (try? String(contentsOf: url("daemon.log"), encoding: .utf8)) ?? "" }

    /// The processes that work for jobs of this site.
    func workers() throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { pid in
            guard let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else { return false }
            let text = String(decoding: line, as: UTF8.self)
            return text.contains("worker") && text.contains(root.path)
        }
    }

    // MARK: Waiting

    func wait(_ what: String, seconds: Double = 120, until condition: () throws -> Bool) throws {
        let end = Date(timeIntervalSinceNow: seconds)
        while try !condition() {
            if Date() > end {
                throw TimedOut(description: "not within \(seconds) s: \(what)\ndaemon's log:\n\(log)")
            }
            usleep(20_000)
        }
    }

    /// Waits for a job of this name in the outbox.
    @discardableResult func awaitJob(_ name: String, count: Int = 1, seconds: Double = 180) throws -> [String] {
        try wait("\(count) jobs \(name) in the outbox", seconds: seconds) { try published(name).count >= count }
        return try published(name).map { "Outbox/\($0)" }
    }
}
