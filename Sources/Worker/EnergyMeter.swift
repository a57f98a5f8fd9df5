import Foundation

/// What the machine's processors take from the socket, by RAPL: the counters of Linux' powercap interface
/// (Documentation/power/powercap). They count all that the machine does, not one process.
///
/// A counter wraps round after minutes of full load, so that `update` must be called more often than that.
struct EnergyMeter {
    private struct Domain {
        var path: String
        /// Where the counter wraps, in microjoules.
        var range: Double
        var last: Double
    }

    private var domains: [Domain] = []
    /// Since the meter was made; nil: nothing can be read here, as on most virtual machines, or only by root.
    private(set) var joules: Double?

    /// - Parameter root: of powercap.
    init(root: String = "/sys/class/powercap") {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).sorted()
        for name in names {
            // `intel-rapl:0` is a package; `intel-rapl:0:1` is a part of it, and `intel-rapl-mmio:0` the same once more.
            let parts = name.split(separator: ":")
            guard parts.count == 2, parts[0] == "intel-rapl",
                Self.text("\(root)/\(name)/name")?.hasPrefix("package") == true,
                let last = Self.number("\(root)/\(name)/energy_uj"),
                let range = Self.number("\(root)/\(name)/max_energy_range_uj"), range > 0
            else { continue }
            domains.append(Domain(path: "\(root)/\(name)/energy_uj", range: range, last: last))
        }
        if !domains.isEmpty { joules = 0 }
    }

    /// Reads the counters.
    mutating func update() {
        for index in domains.indices {
            guard let now = Self.number(domains[index].path) else { continue }
            let step = now - domains[index].last
            joules? += (step < 0 ? step + domains[index].range : step) / 1e6
            domains[index].last = now
        }
    }

    private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    private static func number(_ path: String) -> Double? {
        text(path).flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
}
