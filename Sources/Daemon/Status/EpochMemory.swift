import Foundation
import Manifests
import Synchronization

/// The epochs of running jobs as they were last read from their events: pages ask for them far more often than epochs
/// end.
final class EpochMemory: Sendable {
    static let shared = EpochMemory()

    /// What a file that only grows looks like.
    private struct State: Equatable {
        var inode: UInt64
        var size: Int
    }

    private struct Entry {
        var state: State
        var epochs: [EpochRecord]
        var used: Int
    }

    private struct Store {
        var entries: [String: Entry] = [:]
        var clock = 0
    }

    /// Files that are remembered.
    private static let room = 16

    private let store = Mutex(Store())

    /// - Parameters:
    ///   - path: of the events.
    ///   - read: gives the epochs where the file has changed since.
    func epochs(of path: String, _ read: () throws -> [EpochRecord]) throws -> [EpochRecord] {
        guard let status = try FileStatus.of(path) else { return [] }
        let state = State(inode: status.inode, size: status.size)
        let known = store.withLock { store in
            store.clock += 1
            guard store.entries[path]?.state == state else { return [EpochRecord]?.none }
            store.entries[path]?.used = store.clock
            return store.entries[path]?.epochs
        }
        if let known { return known }
        let epochs = try read()
        store.withLock { store in
            store.entries[path] = Entry(state: state, epochs: epochs, used: store.clock)
            if store.entries.count > Self.room, let oldest = store.entries.min(by: { $0.value.used < $1.value.used }) {
                store.entries[oldest.key] = nil
            }
        }
        return epochs
    }
}
