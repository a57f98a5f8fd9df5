import Foundation
import Testing

/// The short form of Etc/torture: daemon and worker are killed at named steps, at calls that change a disk, and at
/// random.
@Suite(.serialized) struct TortureTests {
    @Test func jobsSurviveEveryDeath() throws {
        let program = URL(fileURLWithPath: Distilld.path).deletingLastPathComponent().appendingPathComponent("torture")
        let process = Process()
        process.executableURL = program
        process.arguments = ["run", "16", "7"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        #expect(text.contains("16 kills"), "\(text)")
    }
}
