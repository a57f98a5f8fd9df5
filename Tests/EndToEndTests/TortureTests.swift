import Foundation
import Testing

/// The short forms of Etc/torture: daemon and worker are killed at named steps, at calls that change a disk, and at
/// random; the power fails; the disk refuses.
@Suite(.serialized) struct TortureTests {
    private static let program = URL(fileURLWithPath: Distilld.path).deletingLastPathComponent()
        .appendingPathComponent("torture")

    @Test func jobsSurviveEveryDeath() throws {
        let result = try Program.run(Self.program, ["run", "16", "7"], together: true)
        #expect(result.exitCode == 0, "\(result.text)")
        #expect(result.text.contains("16 kills"), "\(result.text)")
    }

    @Test func jobsSurviveThePowerFailing() throws {
        let result = try Program.run(Self.program, ["power", "6", "3"], together: true)
        #expect(result.exitCode == 0, "\(result.text)")
        #expect(result.text.contains("6 power failures"), "\(result.text)")
    }

    @Test func jobsSurviveADiskThatRefuses() throws {
        let result = try Program.run(Self.program, ["refuse", "6", "3"], together: true)
        #expect(result.exitCode == 0, "\(result.text)")
        #expect(result.text.contains(" refusals"), "\(result.text)")
    }
}
