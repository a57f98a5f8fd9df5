import Ledger
import Synchronization

/// The ledger, open from one question to the next: to open it costs more than most answers.
public final class KeptLedger: Sendable {
    private struct File: Equatable {
        var device: UInt64
        var inode: UInt64
    }

    private let client: ControlClient
    private let state = Mutex<(file: File, reader: LedgerReader)?>(nil)

    public init(_ client: ControlClient) { self.client = client }

    /// Opens the ledger anew where another file has taken its place, as happens when a damaged one is made again.
    /// - Throws: as `ControlClient.openLedger`.
    public func reader() throws -> LedgerReader {
        // The file is looked at before it is opened: one that is replaced in between is noticed by the next who asks.
        let file = try FileStatus.of(client.ledgerPath).map { File(device: $0.device, inode: $0.inode) }
        return try state.withLock { state in
            if let state, state.file == file { return state.reader }
            let reader = try client.openLedger()
            state = file.map { ($0, reader) }
            return reader
        }
    }
}
