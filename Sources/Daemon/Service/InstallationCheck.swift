import Foundation
import Manifests

/// Whether a daemon of this configuration can do its work: folders, their file systems, the kernel's limits, the
/// cluster.
public struct InstallationCheck {
    private static let gibibyte = 1 << 30
    /// Less free space than this is said; a job of 50,000 small images takes some 200 MiB.
    private static let leastFree = gibibyte
    private static let leastWatches = 8192
    private static let leastInstances = 16
    private static let leastDescriptors = 1024

    private let config: DaemonConfig

    public init(config: DaemonConfig) { self.config = config }

    public func run() -> [Diagnosis] {
        [daemon()] + folders() + fileSystems() + space() + [watches(), descriptors()]
            + ClusterCheck(config: config).run()
    }

    private func daemon() -> Diagnosis {
        do {
            let client = ControlClient(config: config)
            guard try client.isDaemonRunning() else {
                return Diagnosis(
                    .warning, "daemon", "not running", fix: "start it: distilld serve, or systemctl start distilld")
            }
            return Diagnosis(.ok, "daemon", "running")
        } catch {
            return Diagnosis(.problem, "daemon", "\(error)", fix: "run this as root or as the daemon's user")
        }
    }

    private var named: [(name: String, path: String)] {
        [("inbox", config.inbox), ("outbox", config.outbox), ("state", config.state)]
    }

    private func folders() -> [Diagnosis] {
        named.map { name, path in
            var status = stat()
            guard stat(path, &status) == 0 else {
                guard errno == ENOENT else {
                    return Diagnosis(.problem, name, "\(path): \(FileError("", "").reason)", fix: Self.ownership(path))
                }
                return Diagnosis(
                    .warning, name, "\(path) is not there yet", fix: "the daemon makes it when it starts")
            }
            guard status.st_mode & S_IFMT == S_IFDIR else {
                return Diagnosis(.problem, name, "\(path) is no folder", fix: "name another one in the configuration")
            }
            guard access(path, R_OK | W_OK | X_OK) == 0 else {
                return Diagnosis(
                    .problem, name, "\(path) may not be read and written by this user", fix: Self.ownership(path))
            }
            return Diagnosis(.ok, name, path)
        }
    }

    private static func ownership(_ path: String) -> String {
        "run this as the daemon's user, or give that user the folder: chown -R distilld \(path)"
    }

    /// Inputs are claimed and results published by a rename, which file systems do not share.
    private func fileSystems() -> [Diagnosis] {
        var devices: [String: dev_t] = [:]
        for (name, path) in named {
            var status = stat()
            if stat(path, &status) == 0 { devices[name] = status.st_dev }
        }
        guard devices.count == named.count else { return [] }
        let apart = ["inbox", "outbox"].filter { devices[$0] != devices["state"] }
        guard !apart.isEmpty else {
            return [Diagnosis(.ok, "file systems", "inbox, outbox and state are on one")]
        }
        return [
            Diagnosis(
                .warning, "file systems", "\(apart.joined(separator: " and ")) and state are on different ones",
                fix: "works, but inputs and results are copied instead of renamed: put `state` beside them to save that"
            )
        ]
    }

    private func space() -> [Diagnosis] {
        [("outbox", config.outbox), ("state", config.state)].compactMap { name, path in
            var status = statvfs()
            guard statvfs(path, &status) == 0 else { return nil }
            let free = Int(status.f_bavail) * Int(status.f_frsize)
            let text = String(format: "%.1f GiB free for the %@ folder", Double(free) / Double(Self.gibibyte), name)
            guard free >= Self.leastFree else {
                return Diagnosis(.warning, "disk", text, fix: "free some space, or move the folder to another disk")
            }
            guard status.f_favail > 10_000 || status.f_files == 0 else {
                return Diagnosis(.warning, "disk", "few inodes are free for the \(name) folder", fix: "remove files")
            }
            return Diagnosis(.ok, "disk", text)
        }
    }

    private func watches() -> Diagnosis {
        let watches = Self.kernelLimit("max_user_watches")
        let instances = Self.kernelLimit("max_user_instances")
        guard let watches, let instances else {
            return Diagnosis(
                .warning, "inotify", "the kernel does not tell its limits",
                fix: "changes in the inbox are found by looking every \(config.pollSeconds) s")
        }
        guard watches >= Self.leastWatches, instances >= Self.leastInstances else {
            return Diagnosis(
                .warning, "inotify", "\(watches) watches and \(instances) instances a user are few",
                fix: "sysctl fs.inotify.max_user_watches=65536 fs.inotify.max_user_instances=256; until then changes "
                    + "may be found only by looking every \(config.pollSeconds) s")
        }
        return Diagnosis(.ok, "inotify", "\(watches) watches, \(instances) instances a user")
    }

    private static func kernelLimit(_ name: String) -> Int? {
        let text = try? String(contentsOfFile: "/proc/sys/fs/inotify/\(name)", encoding: .utf8)
        return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    private func descriptors() -> Diagnosis {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return Diagnosis(.warning, "open files", FileError("", "").reason)
        }
        let count = Int(clamping: limit.rlim_cur)
        guard count >= Self.leastDescriptors else {
            return Diagnosis(
                .warning, "open files", "at most \(count)", fix: "ulimit -n 4096, or LimitNOFILE=4096 in the unit")
        }
        return Diagnosis(.ok, "open files", "at most \(count)")
    }
}
