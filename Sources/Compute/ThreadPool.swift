import CKernels

/// A fixed set of threads that share the tasks of one call at a time; the calling thread takes part.
///
/// Tasks are handed out by a counter, so which thread runs a task is not fixed: a task must write only
/// what its index says, and reductions over tasks are made afterwards in the order of their indices.
/// That is what makes results independent of the number of threads.
public final class ThreadPool: @unchecked Sendable {
    private let pool: OpaquePointer
    public let threads: Int

    /// - Parameter threads: 1...256, with the caller.
    public init(threads: Int) {
        precondition((1...256).contains(threads))
        self.threads = threads
        guard let made = ck_pool_create(Int32(threads)) else { fatalError("cannot start \(threads) threads") }
        pool = made
    }

    deinit { ck_pool_destroy(pool) }

    /// Runs `body(task, thread)` for every task in 0..<count and returns when all are done.
    /// `thread` is in 0..<threads and is for scratch memory only.
    ///
    /// Calls do not nest, and one call runs at a time (others wait).
    public func run(_ count: Int, _ body: (_ task: Int, _ thread: Int) -> Void) {
        guard count > 0 else { return }
        if threads == 1 {
            for task in 0..<count { body(task, 0) }
            return
        }
        withoutActuallyEscaping(body) { escaping in
            var box = Box(body: escaping)
            withUnsafeMutablePointer(to: &box) { pointer in
                ck_pool_run(
                    pool, Int32(count),
                    { context, task, thread in
                        let box = context.unsafelyUnwrapped.assumingMemoryBound(to: Box.self)
                        box.pointee.body(Int(task), Int(thread))
                    }, pointer)
            }
        }
    }

    private struct Box { let body: (Int, Int) -> Void }
}
