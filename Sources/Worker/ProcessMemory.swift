import Foundation

/// What this process holds in memory and what is left, as the kernel counts it. In bytes; `nil` where it does not tell.
enum ProcessMemory {
    /// The most it held at once: its own memory, and the parts of files that were mapped.
    static var peak: Int? { value("VmHWM", in: "/proc/self/status") }

    static var resident: Int? { value("VmRSS", in: "/proc/self/status") }

    /// Without files.
    static var anonymous: Int? { value("RssAnon", in: "/proc/self/status") }

    /// What the machine can give without swapping.
    static var available: Int? { value("MemAvailable", in: "/proc/meminfo") }

    private static func value(_ key: String, in path: String) -> Int? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix(key + ":") }),
            let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        return kibibytes * 1024
    }
}
