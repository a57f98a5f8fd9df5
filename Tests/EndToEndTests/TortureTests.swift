import Foundation
import Testing

/// The short form of Etc/torture: daemon and worker are killed at named steps, at calls that change a disk, and at
/// random.
@Suite(.serialized) struct TortureTests {
    @Test func jobsSurviveEveryDeath() throws {
        let program = URL(fileURLWithPath: Distilld.path).deletingLastPathComponent().appendingPathComponent("torture")
        let result = try Program.run(program, ["run", "16", "7"], together: true)
        #expect(result.exitCode == 0, "\(result.text)")
        #expect(result.text.contains("16 kills"), "\(result.text)")
    }
}
