import Datasets
import Foundation

/// Folders for one daemon, what is dropped into them, and the daemon. Removed at its end.
final class Site {
    let root: String
    private(set) var daemon: Process?
    private static let program = "/proc/self/exe"

    struct Trouble: Error, CustomStringConvertible {
        var description: String
    }

    init() throws {
        root =
            FileManager.default.temporaryDirectory.appendingPathComponent("torture-\(UUID().uuidString)").standardized
            .path
        for folder in ["Inbox", "Outbox", "counts"] {
            try FileManager.default.createDirectory(atPath: self[folder], withIntermediateDirectories: true)
        }
        let config = """
            inbox: Inbox
            outbox: Outbox
            state: State
            settleSeconds: 0.1
            pollSeconds: 0.2
            threadsPerJob: 2
            jobsAtOnce: 2

            """
        try write(config, "distilld.yaml")
        try Self.writeDataset(to: self["Inbox/shapes"])
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(atPath: root)
    }

    subscript(path: String) -> String { "\(root)/\(path)" }

    func write(_ text: String, _ path: String) throws {
        let folder = (self[path] as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: self[path]))
    }

    /// Ten classes of three drawn objects.
    static func writeDataset(to path: String) throws {
        try ExampleDataset.write(to: path, seed: 1, trainPerClass: 3, testPerClass: 1)
    }

    /// Sorted; none where the folder is missing.
    func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: self[folder])) ?? []).sorted()
    }

    /// Of the files in a folder and in those below it; sorted.
    func files(_ folder: String) -> [String] {
        var isFolder: ObjCBool = false
        return ((try? FileManager.default.subpathsOfDirectory(atPath: self[folder])) ?? []).sorted().filter {
            FileManager.default.fileExists(atPath: self["\(folder)/\($0)"], isDirectory: &isFolder)
                && !isFolder.boolValue
        }
    }

    /// Jobs for which the daemon has still something to do.
    var isQuiet: Bool {
        names("State/jobs").isEmpty
            && names("Inbox").allSatisfy { ["shapes", "noise"].contains($0) || $0.hasPrefix(".") }
    }

    // MARK: Processes

    var isServing: Bool { daemon?.isRunning ?? false }

    func start(_ arming: [Arming.Key: String] = [:]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program).resolvingSymlinksInPath()
        process.arguments = ["serve", self["distilld.yaml"]]
        var environment = ProcessInfo.processInfo.environment
        // Without a C compiler: what it thinks of student.h would take nine tenths of the time.
        environment["PATH"] = "/nonexistent"
        // And not shut in: the file whose removal decides which process dies lies outside of a worker's folders.
        environment["DISTILLD_CONFINED"] = "1"
        for (key, value) in arming { environment[key.rawValue] = value }
        process.environment = environment
        if !FileManager.default.fileExists(atPath: self["daemon.log"]) { try write("", "daemon.log") }
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: self["daemon.log"]))
        try log.seekToEnd()
        process.standardOutput = log
        process.standardError = log
        try process.run()
        daemon = process
    }

    /// A daemon brings what was dropped, a job of each kind, to its end.
    func runUnbroken(_ arming: [Arming.Key: String]) throws {
        try start(arming)
        guard wait(atMost: 120, until: { isQuiet && names("Outbox").count == Drop.allCases.count }) else {
            throw Trouble(description: "an unbroken round does not end:\n\(log)")
        }
        kill(SIGTERM)
    }

    /// With the signal by which a service manager ends it; SIGKILL by default.
    func kill(_ signal: Int32 = SIGKILL) {
        guard let daemon else { return }
        Foundation.kill(daemon.processIdentifier, signal)
        daemon.waitUntilExit()
        self.daemon = nil
    }

    /// Kills a worker of this site, if there is one.
    func killWorker() -> Bool {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for pid in all.compactMap({ Int32($0) }) {
            guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else { continue }
            let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            guard words.count == 4, words[1] == "worker", words[3].hasPrefix(root) else { continue }
            return Foundation.kill(pid, SIGKILL) == 0
        }
        return false
    }

    var log: String { (try? String(contentsOfFile: self["daemon.log"], encoding: .utf8)) ?? "" }

    /// - Returns: false when the condition did not come true in time.
    func wait(atMost seconds: Double, until condition: () -> Bool) -> Bool {
        let end = Date(timeIntervalSinceNow: seconds)
        while !condition() {
            if Date() > end { return false }
            usleep(5_000)
        }
        return true
    }
}
