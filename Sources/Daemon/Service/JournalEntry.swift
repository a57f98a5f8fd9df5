import Foundation
import Logging

/// A line of the log as systemd's journal takes it, with fields that `journalctl JOB_ID=...` finds: the protocol of
/// https://systemd.io/JOURNAL_NATIVE_PROTOCOL/.
struct JournalEntry {
    static let socket = "/run/systemd/journal/socket"
    /// Fields that administrators look for; others get a prefix, so that they mean nothing else.
    private static let names = [
        "job": "JOB_ID", "dataset": "DATASET", "stage": "STAGE", "epoch": "EPOCH", "error": "ERROR",
    ]

    private(set) var bytes: [UInt8] = []

    init(_ level: Logger.Level, _ message: String, _ fields: [(key: String, value: String)]) {
        add("PRIORITY", "\(level.syslogPriority)")
        add("SYSLOG_IDENTIFIER", "distilld")
        add("MESSAGE", message)
        for (key, value) in fields { add(Self.name(of: key), value) }
    }

    /// Upper case letters, digits and underscores, as the journal wants: `inARow` becomes DISTILLD_IN_A_ROW.
    static func name(of key: String) -> String {
        if let name = names[key] { return name }
        var name = "DISTILLD_"
        for character in key {
            guard character.isASCII, character.isLetter || character.isNumber else {
                name += "_"
                continue
            }
            if character.isUppercase, name.last != "_" { name += "_" }
            name += character.uppercased()
        }
        return name
    }

    /// A value with a newline comes with its length, little-endian, in place of the equals sign.
    private mutating func add(_ name: String, _ value: String) {
        let value = Array(value.utf8)
        bytes += Array(name.utf8)
        if value.contains(UInt8(ascii: "\n")) {
            bytes.append(UInt8(ascii: "\n"))
            withUnsafeBytes(of: UInt64(value.count).littleEndian) { bytes += Array($0) }
        } else {
            bytes.append(UInt8(ascii: "="))
        }
        bytes += value
        bytes.append(UInt8(ascii: "\n"))
    }
}

extension Logger.Level {
    /// Of syslog(3), as sd-daemon(3) and the journal want it.
    var syslogPriority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
