import Foundation

/// Times as text, always UTC.
enum Timestamp {
    /// `20261124-105312`, part of a job's identifier.
    static func compact(_ date: Date) -> String {
        let t = parts(date)
        return pad(t.tm_year + 1900, 4) + pad(t.tm_mon + 1, 2) + pad(t.tm_mday, 2) + "-" + pad(t.tm_hour, 2)
            + pad(t.tm_min, 2) + pad(t.tm_sec, 2)
    }

    /// `2026-11-24T10:53:12.250Z`
    static func iso(_ date: Date) -> String {
        let t = parts(date)
        let seconds = date.timeIntervalSince1970
        let milliseconds = min(999, Int((seconds - seconds.rounded(.down)) * 1000))
        return pad(t.tm_year + 1900, 4) + "-" + pad(t.tm_mon + 1, 2) + "-" + pad(t.tm_mday, 2) + "T"
            + pad(t.tm_hour, 2) + ":" + pad(t.tm_min, 2) + ":" + pad(t.tm_sec, 2) + "."
            + pad(Int32(milliseconds), 3) + "Z"
    }

    private static func parts(_ date: Date) -> tm {
        var seconds = time_t(date.timeIntervalSince1970.rounded(.down))
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return parts
    }

    private static func pad(_ number: Int32, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
