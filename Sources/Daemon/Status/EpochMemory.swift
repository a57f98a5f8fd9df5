import Foundation
import Manifests
import Synchronization

/// The epochs of running jobs as far as they were read from their events: pages ask for them far more often than epochs
/// end, and of a file that only grows, only the new end is read.
final class EpochMemory: Sendable {
    static let shared = EpochMemory()

    private struct Entry {
        var inode: UInt64
        var size = 0
        var trail = EpochTrail()
        var used = 0
    }

    private struct Store {
        var entries: [String: Entry] = [:]
        var clock = 0
    }

    /// Files that are remembered.
    private static let room = 16
    /// A job of thousands of epochs has this much of them read at first.
    private static let eventBytes = 4 << 20

    private let store = Mutex(Store())

    /// - Parameter path: of the events.
    func epochs(of path: String) throws -> [EpochRecord] {
        guard let status = try FileStatus.of(path) else { return [] }
        var entry = store.withLock { $0.entries[path] } ?? Entry(inode: status.inode)
        if entry.inode != status.inode || status.size < entry.size { entry = Entry(inode: status.inode) }
        if status.size > entry.size {
            let start = max(entry.trail.end, status.size - Self.eventBytes)
            guard let bytes = try FileBytes.read(path, from: start) else { return [] }
            entry.trail.add(bytes, from: start)
            entry.size = status.size
        }
        return store.withLock { store in
            store.clock += 1
            entry.used = store.clock
            store.entries[path] = entry
            if store.entries.count > Self.room, let oldest = store.entries.min(by: { $0.value.used < $1.value.used }) {
                store.entries[oldest.key] = nil
            }
            return entry.trail.epochs
        }
    }
}

/// The epochs of a file of events, each once, in their order. A worker that goes on from a checkpoint says some of them
/// again: the later word counts.
struct EpochTrail {
    private struct Key: Hashable {
        var stage: Stage
        var teacher: Int
        var epoch: Int
    }

    private(set) var epochs: [EpochRecord] = []
    /// Behind the last line that was read.
    private(set) var end = 0
    private var places: [Key: Int] = [:]

    /// - Parameters:
    ///   - bytes: of the file; the first line may be cut, and the last is perhaps just being written.
    ///   - start: where in the file they begin.
    mutating func add(_ bytes: [UInt8], from start: Int) {
        let newline = UInt8(ascii: "\n")
        guard let last = bytes.lastIndex(of: newline) else { return }
        for line in bytes[..<last].split(separator: newline) {
            guard let event = try? WorkerEventLine(line: line), case .epoch(let epoch) = event.event else { continue }
            let key = Key(stage: epoch.stage, teacher: epoch.teacher ?? 1, epoch: epoch.epoch)
            if let place = places[key] {
                epochs[place] = epoch
            } else {
                places[key] = epochs.count
                epochs.append(epoch)
            }
        }
        end = start + last + 1
    }
}
