import Dispatch
import Foundation

/// A cache file on its way to the disk, while the dataset is looked at already.
final class CachePublication: @unchecked Sendable {
    private let ended = DispatchSemaphore(value: 0)
    /// Written before `ended` is signalled, read after.
    private var failure: DatasetError?

    /// Runs `body` in a thread of its own.
    init(_ body: @escaping @Sendable () throws(DatasetError) -> Void) {
        Thread.detachNewThread { [self] in
            do throws(DatasetError) { try body() } catch { failure = error }
            ended.signal()
        }
    }

    /// Waits until the file is there under its name, or has failed. To be called once.
    func finish() throws(DatasetError) {
        ended.wait()
        if let failure { throw failure }
    }
}
