import Foundation
import Logging
import Manifests

/// Writes log lines to standard error, for people or as JSON, or to systemd's journal with their fields.
public struct DaemonLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    private let format: LogConfig.Format
    private let journal: UnixDatagram?

    /// - Parameter environment: `JOURNAL_STREAM` in it makes text the journal's.
    public init(config: LogConfig, environment: [String: String]) {
        self.init(config: config, environment: environment, socket: JournalEntry.socket)
    }

    /// - Parameter socket: the journal's.
    init(config: LogConfig, environment: [String: String], socket: String) {
        logLevel = Logger.Level(rawValue: config.level.rawValue) ?? .info
        format = config.format == .text && environment["JOURNAL_STREAM"] != nil ? .journal : config.format
        journal = format == .journal ? UnixDatagram(socket) : nil
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var fields = metadata
        if let more = event.metadata { fields.merge(more) { _, new in new } }
        // Where the journal does not take it (not there, busy, too long a text), standard error is its way in.
        if let journal {
            let sorted = fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }
            // Of the fields journalctl shows none unless it is asked: the text says them too.
            let text = Self.text(event.message.description, fields)
            if journal.send(JournalEntry(event.level, text, sorted).bytes) { return }
        }
        let line = Self.line(format, event.level, event.message.description, fields, at: Date())
        let bytes = Array(line.utf8)
        // One write a line, so that lines of several tasks do not mix. Nobody can be told that logging fails.
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    static func line(
        _ format: LogConfig.Format, _ level: Logger.Level, _ message: String, _ fields: Logger.Metadata, at time: Date
    ) -> String {
        switch format {
        case .text, .journal:
            let text = text(message, fields)
            if format == .journal { return "<\(level.syslogPriority)>\(text)\n" }
            let name = level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
            return "\(Timestamp.iso(time)) \(name) \(text)\n"
        case .json:
            var object = fields.mapValues(\.description)
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

    private static func text(_ message: String, _ fields: Logger.Metadata) -> String {
        message.shown
            + fields.sorted { $0.key < $1.key }.map { " \($0.key)=\(quoted($0.value.description))" }.joined()
    }

    private static func quoted(_ text: String) -> String {
        let isPlain = !text.isEmpty && !text.contains { " \"=".contains($0) }
        return isPlain ? text.shown : "\"\(text.shown.replacingOccurrences(of: "\"", with: "\\\""))\""
    }
}
