import Foundation
import Testing

@testable import Worker

/// Energy, from files as those of Linux' powercap.
@Suite struct EnergyTests {
    private let root = FileManager.default.temporaryDirectory.appendingPathComponent("powercap-\(UUID().uuidString)")

    private func domain(_ name: String, _ title: String, _ energy: Int, range: Int = 1_000_000_000) throws {
        let folder = root.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (file, text) in [("name", title), ("energy_uj", "\(energy)"), ("max_energy_range_uj", "\(range)")] {
            try Data("\(text)\n".utf8).write(to: folder.appendingPathComponent(file))
        }
    }

    @Test func packagesAreCountedOverTheWrapping() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        try domain("intel-rapl:0", "package-0", 999_000_000)
        try domain("intel-rapl:1", "package-1", 5_000_000)
        // Within a package, of the same once more, and of the whole machine.
        try domain("intel-rapl:0:0", "core", 0)
        try domain("intel-rapl-mmio:0", "package-0", 0)
        try domain("intel-rapl:2", "psys", 0)
        var meter = EnergyMeter(root: root.path)
        #expect(meter.joules == 0)
        try domain("intel-rapl:0", "package-0", 2_000_000)
        try domain("intel-rapl:1", "package-1", 5_500_000)
        for name in ["intel-rapl:0:0", "intel-rapl-mmio:0", "intel-rapl:2"] { try domain(name, "core", 900_000_000) }
        meter.update()
        #expect(abs((meter.joules ?? 0) - 3.5) < 1e-9)
        let watch = EnergyWatch(meter)
        #expect(abs((watch.joules(before: 10) ?? 0) - 13.5) < 1e-9)
    }

    @Test func nothingIsSaidWhereNothingMeasures() throws {
        #expect(EnergyMeter(root: root.path).joules == nil)
        #expect(EnergyWatch(EnergyMeter(root: root.path)).joules(before: nil) == nil)
    }
}
