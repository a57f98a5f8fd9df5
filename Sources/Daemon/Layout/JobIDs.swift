import Foundation
import Ledger
import Manifests

/// Gives out identifiers: `cifar-tiny-20261124-105312`, then `cifar-tiny-20261124-105312-2` ...
///
/// An identifier is never used twice: neither the ledger nor any folder of the daemon may know it, so that a lost
/// ledger or a clock set back cannot make a job overwrite another's folder.
struct JobIDs {
    let ledger: Ledger
    let state: StateLayout
    let inbox: String
    let outbox: String

    /// One for each of `names`, in their order.
    func make(for names: [String], at time: Date) async throws -> [String] {
        var given: Set<String> = []
        var ids: [String] = []
        for name in names {
            let base = "\(JobName.sanitized(name))-\(Timestamp.compact(time))"
            var number = 1
            while true {
                let id = number == 1 ? base : "\(base)-\(number)"
                if !given.contains(id), try await isFree(id) {
                    given.insert(id)
                    ids.append(id)
                    break
                }
                number += 1
            }
        }
        return ids
    }

    private func isFree(_ id: String) async throws -> Bool {
        let returned = Path.join(inbox, DaemonNames.failed)
        for folder in [outbox, state.jobs, state.archive, returned] where try FileStatus.exists(Path.join(folder, id)) {
            return false
        }
        return try await !ledger.contains(id: id)
    }
}
