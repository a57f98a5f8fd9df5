import Foundation
import Logging

/// Keeps the state folder within the bounds of the configuration. The outbox is the user's: nothing there is ever
/// removed.
struct Retention: Sendable {
    let context: DaemonContext

    func run() throws {
        try shrinkCache()
        try forgetArchive()
    }

    /// Decoded datasets that were not used for longest go first. One that a job reads at the moment stays readable for
    /// that job until it lets go of it.
    private func shrinkCache() throws {
        struct File {
            var path: String
            var size: Int
            var used: timespec
        }
        let files = try Folder.names(of: context.state.cache).compactMap { name -> File? in
            let path = Path.join(context.state.cache, name)
            // A part belongs to a worker that is writing it.
            guard !name.hasSuffix(".part"), let status = try FileStatus.of(path), status.kind == .file else {
                return nil
            }
            return File(path: path, size: status.size, used: status.modified)
        }
        var total = files.reduce(0) { $0 + $1.size }
        let oldestFirst = files.sorted {
            ($0.used.tv_sec, $0.used.tv_nsec, $0.path) < ($1.used.tv_sec, $1.used.tv_nsec, $1.path)
        }
        for file in oldestFirst {
            guard total > context.config.cacheBytes else { return }
            try FileBytes.removeFile(file.path)
            total -= file.size
            context.logger.info(
                "Removed from the cache, which is above `cacheBytes`",
                metadata: ["file": "\(Path.name(of: file.path))", "bytes": "\(file.size)"])
        }
    }

    private func forgetArchive() throws {
        guard context.config.archiveDays > 0 else { return }
        let oldest = time(nil) - context.config.archiveDays * 86_400
        for name in try Folder.names(of: context.state.archive) where !name.hasPrefix(".") {
            let path = Path.join(context.state.archive, name)
            guard let status = try FileStatus.of(path), status.modified.tv_sec < oldest else { continue }
            try Tree.remove(path)
            context.logger.info("Removed from the archive, older than `archiveDays`", metadata: ["job": "\(name)"])
        }
    }
}
