import Foundation
import Testing

/// The service under a systemd of its own: see Etc/test-systemd.
@Suite struct SystemdTests {
    @Test(.enabled(if: geteuid() == 0, "booting systemd needs root"))
    func theServiceDoesWhatAnAdministratorExpects() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let result = try Program.run(
            root.appendingPathComponent("Etc/test-systemd"), [], environment: ["DISTILLD_BINARY": Distilld.path],
            together: true)
        // It says why it cannot run where it cannot.
        if result.exitCode == 77 {
            print(result.text)
        } else {
            #expect(result.exitCode == 0, "\(result.text)")
            #expect(result.text.contains("as promised, under systemd"), "\(result.text)")
        }
    }
}
