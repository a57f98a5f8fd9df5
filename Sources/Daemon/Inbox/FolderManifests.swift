import Foundation
import Synchronization

/// Which manifests a folder directly holds, remembered until the folder changes: a dropped dataset may have a hundred
/// thousand images in one folder, and the inbox is looked at every few seconds.
final class FolderManifests: Sendable {
    private struct Memory {
        var fingerprint: Fingerprint
        var names: [String]
    }

    private let memory = Mutex<[String: Memory]>([:])

    func manifests(in folder: String, _ status: FileStatus) throws -> [String] {
        let fingerprint = Fingerprint(folder, status)
        if let known = memory.withLock({ $0[folder] }), known.fingerprint == fingerprint { return known.names }
        let names = try Folder.names(of: folder, isDropped: true).filter(DroppedName.isManifest)
        // The clock of a file system ticks slowly: a change within the tick of the last one would go unseen.
        let age = Date().timeIntervalSince1970 - Double(status.modified.tv_sec)
        memory.withLock { $0[folder] = age > 2 ? Memory(fingerprint: fingerprint, names: names) : nil }
        return names
    }

    func forget(allBut folders: Set<String>) {
        memory.withLock { memory in memory = memory.filter { folders.contains($0.key) } }
    }
}
