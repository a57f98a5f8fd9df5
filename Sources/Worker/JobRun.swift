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
        /// Trials are wanted, see `TrialList`; to be run again when they have ended.
        case awaitsTrials
        /// The one trial that was asked for has ended.
        case trialDone

        /// As the worker process says it: success, failure, EX_TEMPFAIL.
        public var exitCode: Int32 {
            switch self {
            case .finished, .trialDone: 0
            case .failed: 1
            case .suspended: WorkerExit.suspended
            case .awaitsTrials: WorkerExit.awaiting
            }
        }
    }

    private let order: WorkOrder
    private let emit: (WorkerEvent) -> Void
    private let shouldStop: () -> Bool
    private let trials: TrialPlace

    /// - Parameter trials: where the students of a tuning or a search are trained.
    public init(
        order: WorkOrder, trials: TrialPlace = .here, emit: @escaping (WorkerEvent) -> Void,
        shouldStop: @escaping () -> Bool
    ) {
        self.order = order
        self.trials = trials
        self.emit = emit
        self.shouldStop = shouldStop
    }

    /// Every event of the job, the last one included, goes to `emit`.
    public func run() -> Outcome {
        do {
            let headline = try JobPipeline(order: order, trials: trials, emit: emit, shouldStop: shouldStop).run()
            emit(.finished(headline))
            return .finished(headline)
        } catch is TrialDone {
            return .trialDone
        } catch let wanted as TrialsWanted {
            return ask(for: wanted)
        } catch {
            guard let failure = failure(from: error) else {
                emit(.suspended)
                return .suspended
            }
            return fail(failure)
        }
    }

    private func ask(for trials: TrialsWanted) -> Outcome {
        do {
            try WholeFile.write(
                JSONEncoder().encode(TrialList(folders: trials.folders)),
                to: TrialList.path(in: order.checkpointDirectory))
            return .awaitsTrials
        } catch {
            return failure(from: error).map(fail) ?? .suspended
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
