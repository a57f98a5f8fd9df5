import Foundation

/// Figures as a person reads them, the same on every machine: no locale, a point before decimals, commas between
/// thousands.
public enum Figures {
    /// A fixed number of decimals, exact halves to the even digit; `-0.0` is `0.0`, NaN and infinities are `n/a`.
    public static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return "n/a" }
        // The C library's: Foundation's makes a formatter for each number, and a page has thousands. distilld sets no
        // locale, so that it is C's.
        let text = withVaList([Int32(clamping: decimals), value]) { arguments in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
                // The largest double has 309 digits.
                _ = vsnprintf(buffer.baseAddress, buffer.count, "%.*f", arguments)
                return String(cString: buffer.baseAddress!)
            }
        }
        let isZero = text.allSatisfy { "-0.".contains($0) }
        return isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text
    }

    /// `1,234,567`
    public static func whole(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var grouped = ""
        for (i, digit) in digits.enumerated() {
            if i > 0 && (digits.count - i).isMultiple(of: 3) { grouped += "," }
            grouped.append(digit)
        }
        return (value < 0 ? "-" : "") + grouped
    }

    /// `1 image`, `1,200 images`
    public static func count(_ value: Int, _ noun: String, plural: String? = nil) -> String {
        "\(whole(value)) \(value == 1 ? noun : plural ?? noun + "s")"
    }

    /// A share as `86.4%`.
    public static func percent(_ share: Double, _ decimals: Int = 1) -> String {
        share.isFinite ? fixed(share * 100, decimals) + "%" : "n/a"
    }

    /// A difference of shares as `1.7 points`; small ones get a second decimal.
    public static func points(_ share: Double) -> String {
        let value = share * 100
        let text = fixed(value, abs(value) < 0.1 ? 2 : 1)
        return "\(text) \(text == "1.0" || text == "-1.0" ? "point" : "points")"
    }

    /// A difference of shares with its sign, in points: `+1.7`, `-0.3`, `0.0`.
    public static func signedPoints(_ share: Double) -> String {
        let text = fixed(share * 100, 1)
        return text.hasPrefix("-") || text == "0.0" || text == "n/a" ? text : "+" + text
    }

    /// `3.5x`, `120x`
    public static func factor(_ value: Double) -> String {
        value.isFinite ? fixed(value, value < 99.95 ? 1 : 0) + "x" : "n/a"
    }

    /// Bytes in decimal units: `312 kB`, `1.2 MB`.
    public static func bytes(_ value: Int) -> String { scaled(Double(value), ["B", "kB", "MB", "GB", "TB"]) }

    /// Joules as `850 J`, `12.3 Wh`, `1.2 kWh`.
    public static func energy(_ joules: Double) -> String {
        guard joules.isFinite else { return "n/a" }
        return joules < 3600 ? scaled(joules, ["J", "kJ"]) : scaled(joules / 3.6, ["mWh", "Wh", "kWh", "MWh"])
    }

    /// Counts with a letter: `78.7 k`, `12.6 M`.
    public static func short(_ value: Int) -> String {
        scaled(Double(value), ["", "k", "M", "G", "T"]).trimmingCharacters(in: .whitespaces)
    }

    private static func scaled(_ value: Double, _ units: [String]) -> String {
        var value = value
        var unit = 0
        while abs(value) >= 999.5 && unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let decimals = unit == 0 || abs(value) >= 99.95 ? 0 : 1
        return "\(fixed(value, decimals)) \(units[unit])"
    }

    /// `0.43 ms`, `12.1 ms`, `1.3 s`
    public static func milliseconds(_ value: Double) -> String {
        switch value {
        case _ where !value.isFinite: "n/a"
        case ..<1: "\(fixed(value, 3)) ms"
        case ..<10: "\(fixed(value, 2)) ms"
        case ..<1000: "\(fixed(value, 1)) ms"
        default: "\(fixed(value / 1000, 1)) s"
        }
    }

    /// `8.2 s`, `3 min 05 s`, `2 h 07 min`
    public static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "n/a" }
        if seconds < 59.95 { return "\(fixed(seconds, 1)) s" }
        let whole = Int(seconds.rounded())
        if whole < 3600 { return "\(whole / 60) min \(padded(whole % 60)) s" }
        let minutes = Int((seconds / 60).rounded())
        return "\(minutes / 60) h \(padded(minutes % 60)) min"
    }

    /// `2024-11-24 11:07 UTC`
    public static func date(_ date: Date) -> String {
        let text = date.ISO8601Format()
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }

    private static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
