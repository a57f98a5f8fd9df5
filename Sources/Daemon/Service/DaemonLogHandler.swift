import Foundation
import Logging
import Manifests

/// Writes log lines to standard error: for people, for systemd's journal, or as JSON.
public struct DaemonLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    private let format: LogConfig.Format

    /// - Parameter environment: `JOURNAL_STREAM` in it makes text the journal's.
    public init(config: LogConfig, environment: [String: String]) {
        logLevel = Logger.Level(rawValue: config.level.rawValue) ?? .info
        format = config.format == .text && environment["JOURNAL_STREAM"] != nil ? .journal : config.format
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var fields = metadata
        if let more = event.metadata { fields.merge(more) { _, new in new } }
        let line = Self.line(format, event.level, event.message.description, fields, at: Date())
        let bytes = Array(line.utf8)
        // One write a line, so that lines of several tasks do not mix. Nobody can be told that logging fails.
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    static func line(
        _ format: LogConfig.Format, _ level: Logger.Level, _ message: String, _ fields: Logger.Metadata, at time: Date
    ) -> String {
        let sorted = fields.sorted { $0.key < $1.key }
        switch format {
        case .text, .journal:
            let rest = sorted.map { " \($0.key)=\(quoted($0.value.description))" }.joined()
            if format == .journal { return "<\(priority(of: level))>\(message.shown)\(rest)\n" }
            let name = level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
            return "\(Timestamp.iso(time)) \(name) \(message.shown)\(rest)\n"
        case .json:
            var object = Dictionary(sorted.map { ($0.key, $0.value.description) }) { _, last in last }
            object["time"] = Timestamp.iso(time)
            object["level"] = level.rawValue
            object["message"] = message
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            guard let data = try? encoder.encode(object) else {
                preconditionFailure("texts can always be encoded as JSON")
            }
            return String(decoding: data, as: UTF8.self) + "\n"
        }
    }

    private static func quoted(_ text: String) -> String {
        let isPlain = !text.isEmpty && !text.contains { " \"=".contains($0) }
        return isPlain ? text.shown : "\"\(text.shown.replacingOccurrences(of: "\"", with: "\\\""))\""
    }

    /// Levels of syslog(3), as sd-daemon(3) wants them.
    private static func priority(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
