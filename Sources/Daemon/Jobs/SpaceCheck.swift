import Foundation
import Manifests

/// Whether the disks have room for a job.
enum SpaceCheck {
    struct Shortage: Error, Equatable, CustomStringConvertible {
        var folder: String
        /// Bytes.
        var free: Int
        var wanted: Int

        var description: String {
            "waits for space: the disk of \(folder) has \(Self.words(free)) free, and a job must find \(Self.words(wanted))"
                + " (`freeBytes`). Free space there."
        }

        private static func words(_ bytes: Int) -> String { "\(bytes >> 20) MiB" }
    }

    /// - Throws: `Shortage` for the first folder whose disk has less than `freeBytes` free for this user.
    static func run(_ config: DaemonConfig) throws {
        for folder in [config.state, config.outbox] {
            var status = statvfs()
            // A folder that is away is found out, and said, where it is used.
            guard statvfs(folder, &status) == 0 else { continue }
            let free = Int(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).0)
            if free < config.freeBytes {
                throw Shortage(folder: folder, free: free, wanted: config.freeBytes)
            }
        }
    }
}
