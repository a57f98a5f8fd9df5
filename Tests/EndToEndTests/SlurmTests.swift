import Foundation
import Testing

/// The daemon on a Slurm cluster of its own: see Etc/test-slurm.
@Suite struct SlurmTests {
    @Test(.enabled(if: geteuid() == 0, "a cluster in namespaces needs root"))
    func jobsAndTrialsRunOnACluster() throws {
        try Program.expectPromises(of: "test-slurm", saying: "as promised, on a Slurm cluster")
    }
}
