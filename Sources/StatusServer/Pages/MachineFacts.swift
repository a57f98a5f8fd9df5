import Daemon
import Foundation
import Manifests
import Reporting

/// How full the machine's memory and the daemon's disks are.
struct MachineFacts {
    struct Disk: Equatable {
        /// Which of the daemon's folders lie there: `inbox, outbox and state`.
        var folders: [String]
        var space: FreeSpace
    }

    var disks: [Disk] = []
    var memoryTotal: Int?
    var memoryAvailable: Int?
    /// Runnable processes, averaged over a minute.
    var load: Double?
    let processors: Int

    init(_ config: DaemonConfig) {
        processors = ProcessInfo.processInfo.activeProcessorCount
        for (name, path) in [("inbox", config.inbox), ("outbox", config.outbox), ("state", config.state)] {
            guard let space = try? FreeSpace.of(path) else { continue }
            if let index = disks.firstIndex(where: { $0.space.device == space.device }) {
                disks[index].folders.append(name)
            } else {
                disks.append(Disk(folders: [name], space: space))
            }
        }
        let memory = Self.lines("/proc/meminfo")
        memoryTotal = memory["MemTotal"]
        memoryAvailable = memory["MemAvailable"]
        load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").first.flatMap {
            Double($0)
        }
    }

    /// Bytes that a process has in memory; nil where it is gone.
    static func residentBytes(of process: Int) -> Int? { lines("/proc/\(process)/status")["VmRSS"] }

    /// `Name: 123 kB` lines of proc(5), in bytes.
    private static func lines(_ path: String) -> [String: Int] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [:] }
        return text.split(separator: "\n").reduce(into: [:]) { values, line in
            let parts = line.split(whereSeparator: { $0 == ":" || $0 == " " || $0 == "\t" })
            guard parts.count == 3, parts[2] == "kB", let number = Int(parts[1]) else { return }
            values[String(parts[0])] = number * 1024
        }
    }

    var tiles: Markup {
        var tiles: [Markup] = disks.map { disk in
            tile(
                disk.folders.count == 3 ? "Disk" : "Disk of \(disk.folders.joined(separator: ", "))",
                "\(Figures.bytes(disk.space.available)) free", "of \(Figures.bytes(disk.space.total))")
        }
        if let memoryTotal, let memoryAvailable {
            tiles.append(
                tile("Memory", "\(Figures.bytes(memoryAvailable)) free", "of \(Figures.bytes(memoryTotal))"))
        }
        if let load {
            tiles.append(
                tile("Load", Figures.fixed(load, 1), "on \(Figures.count(processors, "processor"))"))
        }
        return tiles.reduce(into: "") { $0 += $1 }
    }

    private func tile(_ title: String, _ figure: String, _ note: String) -> Markup {
        "<div><dt>\(title)</dt><dd class=\"figure\">\(figure)</dd><dd class=\"note\">\(note)</dd></div>"
    }
}
