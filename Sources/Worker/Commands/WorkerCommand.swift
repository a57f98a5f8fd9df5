import Foundation
import Manifests

#if canImport(Glibc)
    import Glibc
#endif

/// `distilld worker`: one job in this process, its events as JSON lines on standard output.
public struct WorkerCommand {
    private let orderPath: String

    public init(orderPath: String) { self.orderPath = orderPath }

    /// - Returns: the exit code: 0 finished, 1 failed, 75 suspended.
    /// - Throws: what is wrong with the order file.
    public func run() throws -> Int32 {
        let order = try JSONDecoder().decode(WorkOrder.self, from: Data(contentsOf: URL(fileURLWithPath: orderPath)))
        try Confinement.enter(order)
        try MemoryLimit.enter(order)
        StopSignal.listen()
        // A daemon that is gone takes no events: the job ends with the process (EPIPE) rather than unheard.
        signal(SIGPIPE, SIG_DFL)
        let run = JobRun(
            order: order,
            emit: { event in
                guard let line = try? WorkerEventLine(event).bytes() else { return }
                line.withUnsafeBytes { bytes in
                    var rest = bytes[...]
                    while !rest.isEmpty {
                        let written = write(
                            STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                        if written < 0 && errno == EINTR { continue }
                        guard written > 0 else { exit(EX_IOERR) }
                        rest = rest.dropFirst(written)
                    }
                }
            }, shouldStop: { StopSignal.isAsked })
        return run.run().exitCode
    }
}
