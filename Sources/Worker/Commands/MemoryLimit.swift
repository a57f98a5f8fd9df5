import CLimits
import Foundation
import Manifests

/// Holds a worker to its order's limit on memory, before it looks at files of others.
enum MemoryLimit {
    /// - Throws: `JobFailure` where the kernel refuses.
    static func enter(_ order: WorkOrder) throws {
        let bytes = UInt64(max(0, order.memoryBytes ?? 0))
        guard limit_memory(bytes) == 0 else {
            throw JobFailure(
                code: "worker.limit",
                what: "The system refuses the worker a limit on memory: \(String(cString: strerror(errno)))",
                fix: "look at what confines the daemon itself, such as its unit or container, or set memoryPerJob to 0")
        }
        limit_explain_exhaustion(bytes, WorkerExit.exhausted)
    }
}
