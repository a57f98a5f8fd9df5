import Datasets
import Distillation
import Foundation
import Manifests
import Networks
import Reporting

/// A job from its order to a complete staging folder, whatever happens on the way.
public struct JobRun {
    public enum Outcome: Sendable, Equatable {
        case finished(Headline)
        case failed(JobFailure)
        /// Stopped on request; to be run again with the same order.
        case suspended

        /// As the worker process says it: success, failure, EX_TEMPFAIL.
        public var exitCode: Int32 {
            switch self {
            case .finished: 0
            case .failed: 1
            case .suspended: WorkerExit.suspended
            }
        }
    }

    private let order: WorkOrder
    private let emit: (WorkerEvent) -> Void
    private let shouldStop: () -> Bool

    public init(order: WorkOrder, emit: @escaping (WorkerEvent) -> Void, shouldStop: @escaping () -> Bool) {
        self.order = order
        self.emit = emit
        self.shouldStop = shouldStop
    }

    /// Every event of the job, the last one included, goes to `emit`.
    public func run() -> Outcome {
        do {
            let headline = try JobPipeline(order: order, emit: emit, shouldStop: shouldStop).run()
            emit(.finished(headline))
            return .finished(headline)
        } catch {
            guard let failure = failure(from: error) else {
                emit(.suspended)
                return .suspended
            }
            return fail(failure)
        }
    }

    /// What went wrong, for a person; `nil`: nothing, the job was asked to stop.
    private func failure(from error: any Error) -> JobFailure? {
        switch error {
        case is Suspended: nil
        case let error as DatasetError: error == .stopped ? nil : error.failure
        case let error as ManifestProblems: error.failure
        case let error as JobFailure: error
        case let error as PresetError:
            JobFailure(
                code: "network.impossible", what: "\(error)", location: order.manifestName,
                fix: "choose another model, or a larger input, in the manifest")
        default:
            JobFailure(
                code: "worker.error", what: "\(error)", location: order.manifestName,
                fix: "read the log for what the system said, and retry the job once its cause is gone")
        }
    }

    private func fail(_ failure: JobFailure) -> Outcome {
        do {
            let staging = try Staging(path: order.stagingDirectory)
            try FailureReport.write(
                failure, jobID: order.jobID, jobName: order.manifestName, log: nil, to: staging.directory.path)
            try staging.seal()
        } catch {
            emit(.notice("the failure's report could not be written: \(error)"))
        }
        emit(.failed(failure))
        return .failed(failure)
    }
}
