import Foundation
import Manifests

/// Whether jobs of this configuration can reach the cluster.
struct ClusterCheck {
    let config: DaemonConfig

    /// Nothing where jobs run here.
    func run() -> [Diagnosis] {
        config.executor == .slurm ? [commands()] + (sharing().map { [$0] } ?? []) : []
    }

    private func commands() -> Diagnosis {
        let missing = SlurmCommands.missing
        guard missing.isEmpty else {
            return Diagnosis(
                .problem, "cluster",
                "\(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") not in PATH",
                fix: "install Slurm's client programs (Debian: slurm-client), or set `executor: local`")
        }
        do {
            let scratch = FileManager.default.temporaryDirectory.path
            _ = try SlurmCommands(scratch: scratch).find(name: "distilld-doctor")
        } catch {
            return Diagnosis(
                .problem, "cluster", "Slurm does not answer: \("\(error)".shown)",
                fix: "look at its configuration (/etc/slurm/slurm.conf or SLURM_CONF) and at munge; "
                    + "`scontrol ping` must work as the daemon's user")
        }
        return Diagnosis(.ok, "cluster", "Slurm answers")
    }

    /// File systems that belong to one machine.
    private static let ownToOneMachine: Set = ["ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay"]

    private func sharing() -> Diagnosis? {
        guard let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8),
            let name = Self.fileSystem(of: config.state, in: mounts), Self.ownToOneMachine.contains(name)
        else { return nil }
        return Diagnosis(
            .warning, "cluster", "\(config.state) lies on \(name), which belongs to one machine",
            fix:
                "put inbox, outbox and state where the nodes see them at the same paths; it is right where this machine "
                + "shares it with them")
    }

    /// - Parameter mounts: lines of proc_pid_mountinfo(5): of those that hold the path, the deepest counts, and of these
    ///   the last.
    static func fileSystem(of path: String, in mounts: String) -> String? {
        var best: (length: Int, name: String)?
        for line in mounts.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 5, let dash = words.firstIndex(of: "-"), dash + 1 < words.count else { continue }
            let point = String(words[4])
            guard point == path || Path.relative(path, to: point) != nil, point.utf8.count >= best?.length ?? 0 else {
                continue
            }
            best = (point.utf8.count, String(words[dash + 1]))
        }
        return best?.name
    }
}
