import Foundation
import Testing

@testable import Daemon

/// Chromium, asked by its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/): messages in JSON, each
/// ended by a zero byte, read from its descriptor 3 and written to 4.
final class DevTools {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private let process = Process()
    private let requests, answers: Int32
    private var unread = Data()
    private var lastID = 0
    private var session: String?
    /// What the page said on its console, what the browser has against it, and errors of scripts.
    private(set) var console: [String] = []

    /// - Parameters:
    ///   - folder: for its files.
    ///   - arguments: beside those that keep it without a screen.
    init(in folder: TemporaryFolder, arguments: [String]) throws {
        let pipes = ["requests", "answers"].map { folder["devtools-\($0)-\(UUID().uuidString)"] }
        for pipe in pipes where mkfifo(pipe, 0o600) != 0 {
            throw Failure(description: "no pipe \(pipe): errno \(errno)")
        }
        // Opened for both, which waits for nobody.
        requests = open(pipes[0], O_RDWR | O_CLOEXEC)
        answers = open(pipes[1], O_RDWR | O_CLOEXEC | O_NONBLOCK)
        let own = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--user-data-dir=\(folder["chromium"])", "--remote-debugging-pipe",
        ]
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments =
            ["-c", #"in=$1 out=$2; shift 2; exec "$@" 3<"$in" 4>"$out""#, "sh"] + pipes + [Browser.path] + own
            + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// Opens a page, whose console is listened to from the beginning.
    func visit(_ address: String) async throws {
        let target = try await ask("Target.createTarget", ["url": "about:blank"])["targetId"] as? String
        let attached = try await ask("Target.attachToTarget", ["targetId": target ?? "", "flatten": true])
        session = try #require(attached["sessionId"] as? String)
        for domain in ["Page", "Runtime", "Log"] { try await ask("\(domain).enable") }
        let answer = try await ask("Page.navigate", ["url": address])
        if let error = answer["errorText"] { throw Failure(description: "\(address): \(error)") }
    }

    /// The value of an expression in the page, whose scripts need not be allowed.
    func evaluate(_ expression: String) async throws -> Any? {
        let answer = try await ask("Runtime.evaluate", ["expression": expression, "returnByValue": true])
        if let exception = answer["exceptionDetails"] { throw Failure(description: "\(expression): \(exception)") }
        return (answer["result"] as? [String: Any])?["value"]
    }

    @discardableResult
    private func ask(_ method: String, _ parameters: [String: Any] = [:]) async throws -> [String: Any] {
        lastID += 1
        var message: [String: Any] = ["id": lastID, "method": method, "params": parameters]
        message["sessionId"] = session
        let bytes = try JSONSerialization.data(withJSONObject: message) + [0]
        try bytes.withUnsafeBytes { buffer in
            guard write(requests, buffer.baseAddress, buffer.count) == buffer.count else {
                throw Failure(description: "\(method): the pipe takes nothing: errno \(errno)")
            }
        }
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            guard let answer = try nextMessage() else {
                guard process.isRunning else { throw Failure(description: "\(method): Chromium has ended") }
                try await Task.sleep(for: .milliseconds(10))
                continue
            }
            listen(to: answer)
            if answer["id"] as? Int == lastID {
                if let error = answer["error"] { throw Failure(description: "\(method): \(error)") }
                return answer["result"] as? [String: Any] ?? [:]
            }
        }
        throw Failure(description: "\(method): no answer in a minute")
    }

    private func nextMessage() throws -> [String: Any]? {
        while true {
            if let end = unread.firstIndex(of: 0) {
                let message = try JSONSerialization.jsonObject(with: unread[..<end])
                unread = Data(unread[(end + 1)...])
                return message as? [String: Any]
            }
            var part = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(answers, &part, part.count)
            guard count > 0 else { return nil }
            unread += part[..<count]
        }
    }

    private func listen(to event: [String: Any]) {
        let parameters = event["params"] as? [String: Any] ?? [:]
        switch event["method"] as? String {
        case "Runtime.consoleAPICalled":
            let words = (parameters["args"] as? [[String: Any]] ?? []).map {
                "\($0["value"] ?? $0["description"] ?? "?")"
            }
            console.append(words.joined(separator: " "))
        case "Runtime.exceptionThrown":
            console.append("\(parameters["exceptionDetails"] ?? "an exception")")
        case "Log.entryAdded":
            let entry = parameters["entry"] as? [String: Any] ?? [:]
            console.append("\(entry["text"] ?? "?") \(entry["url"] ?? "")")
        default: break
        }
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        close(requests)
        close(answers)
    }
}
