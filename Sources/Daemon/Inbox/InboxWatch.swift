@preconcurrency import Dispatch
import Foundation
import Logging
import Synchronization

/// Raises a signal when something changes in folders, by inotify(7). Only a hint: network file systems tell nothing,
/// queues overflow and watches run out, so whoever waits for the signal looks now and then anyway.
final class InboxWatch: Sendable {
    private struct State {
        var watched: [String: Int32] = [:]
        var hasComplained = false
    }

    /// Writing itself is not watched: copying a large file would wake the daemon all the time, and closing it tells.
    private static let mask = UInt32(
        IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB | IN_ONLYDIR | IN_DONT_FOLLOW)

    /// -1 where the kernel gave none.
    private let descriptor: Int32
    private let source: (any DispatchSourceRead)?
    private let state = Mutex(State())
    private let logger: Logger

    /// - Parameter open: gives a descriptor of inotify(7), or -1 with errno.
    init(raising signal: Signal, logger: Logger, open: () -> Int32 = InboxWatch.inotify) {
        let descriptor = open()
        self.descriptor = descriptor
        self.logger = logger
        guard descriptor >= 0 else {
            source = nil
            complain("inotify_init1: \(FileError("", "").reason)")
            return
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
        source.setEventHandler {
            // What has happened is found out by looking; the events are only taken off the queue.
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while read(descriptor, &buffer, buffer.count) > 0 {}
            signal.raise()
        }
        source.setCancelHandler { close(descriptor) }
        source.activate()
        self.source = source
    }

    deinit { source?.cancel() }

    static func inotify() -> Int32 { inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC)) }

    /// Watches exactly these folders.
    func watch(_ folders: Set<String>) {
        guard descriptor >= 0 else { return }
        state.withLock { state in
            for (path, watch) in state.watched where !folders.contains(path) {
                // Fails for a folder that is gone, whose watch the kernel has removed.
                inotify_rm_watch(descriptor, watch)
                state.watched[path] = nil
            }
            for path in folders {
                // Adding a watch again is cheap, and finds a folder that was replaced by another of its name.
                let watch = inotify_add_watch(descriptor, path, Self.mask)
                if watch >= 0 {
                    state.watched[path] = watch
                } else {
                    state.watched[path] = nil
                    guard errno != ENOENT, errno != ENOTDIR, !state.hasComplained else { continue }
                    state.hasComplained = true
                    complain("inotify_add_watch \(path): \(FileError("", "").reason)")
                }
            }
        }
    }

    private func complain(_ what: String) {
        logger.warning(
            "Changes are not told at once but found by looking from time to time",
            metadata: ["reason": "\(what)", "fix": "raise fs.inotify.max_user_watches or max_user_instances"])
    }
}
