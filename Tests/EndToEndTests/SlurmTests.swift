import Foundation
import Testing

/// The daemon on a Slurm cluster of its own: see Etc/test-slurm.
@Suite struct SlurmTests {
    @Test(.enabled(if: geteuid() == 0, "a cluster in namespaces needs root"))
    func jobsAndTrialsRunOnACluster() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let result = try Program.run(
            root.appendingPathComponent("Etc/test-slurm"), [], environment: ["DISTILLD_BINARY": Distilld.path],
            together: true)
        // It says why it cannot run where it cannot.
        if result.exitCode == 77 {
            print(result.text)
        } else {
            #expect(result.exitCode == 0, "\(result.text)")
            #expect(result.text.contains("as promised, on a Slurm cluster"), "\(result.text)")
        }
    }
}
