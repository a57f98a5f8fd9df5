/// The steps of a job's way between which the daemon may be killed. Tests end the daemon at each of them and start
/// another on the same folders.
package enum FaultPoint: String, CaseIterable, Sendable {
    case admitted
    case markedRunning
    case madeJobFolder
    case setAside
    case claimed
    case ordered
    case spawned
    case workerEnded
    case outcomeWritten
    case logStaged
    case published
    case ledgerFinal
    case inputKept
    case jobFolderRemoved
}

/// What happens at a fault point: nothing, outside of tests.
package struct Faults: Sendable {
    /// Ends the daemon as if by SIGKILL: nobody catches it on the way.
    package struct Killed: Error {
        package init() {}
    }

    private let hit: @Sendable (FaultPoint, _ jobID: String) throws -> Void

    package init(_ hit: @Sendable @escaping (FaultPoint, _ jobID: String) throws -> Void) { self.hit = hit }

    package static let none = Faults { _, _ in }

    func callAsFunction(_ point: FaultPoint, _ jobID: String) throws { try hit(point, jobID) }
}
