import Foundation
import NIOCore
import NIOPosix

/// The thread that does all of the page's work, behind everything else: training goes first, however many look on.
///
/// One for the whole process and for its life, as a task may still hold it when a page's service has ended.
final class PageThread: TaskExecutor {
    static let shared = PageThread()

    let group: MultiThreadedEventLoopGroup
    private let loop: any EventLoop

    private init() {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        loop = group.next()
        loop.execute {
            // Of the calling thread, on Linux: see setpriority(2). Where it is refused the page is served all the same.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
