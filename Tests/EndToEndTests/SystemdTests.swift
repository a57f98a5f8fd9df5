import Foundation
import Testing

/// The service under a systemd of its own: see Etc/test-systemd.
@Suite struct SystemdTests {
    @Test(.enabled(if: geteuid() == 0, "booting systemd needs root"))
    func theServiceDoesWhatAnAdministratorExpects() throws {
        try Program.expectPromises(of: "test-systemd", saying: "as promised, under systemd")
    }
}
