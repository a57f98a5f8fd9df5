import Foundation
import Ledger
import Logging
import Manifests

/// One life of a worker: starts it, writes down what it says, and passes on the wish to stop.
struct WorkerRun {
    let context: DaemonContext
    let running: RunningJobs
    let record: JobRecord

    private var folder: JobFolder { context.state.job(record.id) }

    func run(_ order: WorkOrder) async throws -> (WorkerEnd, EventTracker) {
        let stops = running.begin(record.id)
        defer { running.end(record.id) }
        var tracker = EventTracker(jobID: record.id, highWater: record.highWater)
        // The wish may have come while nobody listened to it.
        let current = try await context.ledger.job(record.id)
        if running.isShuttingDown || current?.isCancelRequested == true { return (.suspended, tracker) }

        let process = try await start(order)
        do {
            try context.faults(.spawned, record.id)
            let status = try await withTaskCancellationHandler {
                try await follow(process, stops, &tracker)
            } onCancel: {
                process.signal(SIGKILL)
            }
            return (WorkerEnd(status, lastWord: tracker.ending, memoryLimit: order.memoryBytes ?? 0), tracker)
        } catch let death as Faults.Killed {
            // A daemon that is killed leaves its worker behind.
            throw death
        } catch {
            process.signal(SIGKILL)
            throw error
        }
    }

    private func start(_ order: WorkOrder) async throws -> WorkerProcess {
        let command: [String]
        switch context.config.executor {
        case .local:
            // Two must not write the same checkpoints.
            try await ClusterRelease(folder: folder).run()
            command = context.tuning.workerCommand
        case .slurm:
            try ClusterPlan(context.config.slurm, worker: context.tuning.workerCommand, order: order).write(to: folder)
            command = context.tuning.followerCommand
        }
        return try start(command + ["--order", folder.order])
    }

    private func start(_ command: [String]) throws -> WorkerProcess {
        let process = try WorkerProcess.start(command, in: folder)
        let attempt = record.crashes > 0 ? " (attempt \(record.crashes + 1))" : ""
        try FileBytes.append(
            "distilld: \(Timestamp.iso(Date())) worker started as process \(process.pid)\(attempt)\n", to: folder.log)
        context.logger(of: record.id).info(
            "Started", metadata: ["process": "\(process.pid)", "dataset": "\(record.datasetName)"])
        return process
    }

    private func follow(
        _ process: WorkerProcess, _ stops: AsyncStream<StopReason>, _ tracker: inout EventTracker
    ) async throws -> ProcessEnd {
        let grace = Duration.seconds(context.config.stopSeconds)
        let pid = Int(process.pid)
        try await context.ledger.update(record.id) { job in
            job.workerPID = pid
            return true
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await Self.passOn(stops, to: process, grace: grace) }
            defer { group.cancelAll() }
            for await output in process.output {
                switch output {
                case .ended(let status): return status
                case .line(let line): try await hear(line, &tracker)
                }
            }
            throw CancellationError()
        }
    }

    /// Asks the worker to stop at a checkpoint, and kills it when it takes too long.
    private static func passOn(
        _ stops: AsyncStream<StopReason>, to process: WorkerProcess, grace: Duration
    ) async {
        for await _ in stops {
            process.signal(SIGTERM)
            do { try await Task.sleep(for: grace) } catch { return }
            process.signal(SIGKILL)
        }
    }

    private func hear(_ line: [UInt8], _ tracker: inout EventTracker) async throws {
        let event: WorkerEventLine
        do { event = try WorkerEventLine(line: line) } catch is DecodingError {
            // A library that prints, or a newer worker: kept for people.
            return try FileBytes.append(String(decoding: line, as: UTF8.self) + "\n", to: folder.log)
        }
        tracker.apply(event)
        tell(event.event)
        if case .progress = event.event {
            // Too many to keep.
        } else {
            try FileBytes.append(String(decoding: line, as: UTF8.self) + "\n", to: folder.events)
        }
        guard tracker.isWriteDue(after: event.event) else { return }
        // A full disk is no reason to lose an epoch: what is not written down now, the next event repeats.
        do { try await context.ledger.record(tracker.progress) } catch let error as LedgerError {
            context.logger(of: record.id).error("Cannot write down the progress", metadata: ["error": "\(error)"])
        }
    }

    /// What the daemon's own log says of a job on its way.
    private func tell(_ event: WorkerEvent) {
        let logger = context.logger(of: record.id)
        switch event {
        case .notice(let message): logger.notice("\(message.shown)")
        case .epoch(let epoch):
            let stage = epoch.stage.rawValue
            logger.info(
                "Epoch \(epoch.epoch) of \(epoch.epochs), \(stage)",
                metadata: ["dataset": "\(record.datasetName)", "stage": "\(stage)", "epoch": "\(epoch.epoch)"])
        case .trial(let result, let done, let total):
            logger.info(
                "Trial \(result.trial), rung \(result.rung): training \(done) of \(total)",
                metadata: ["dataset": "\(record.datasetName)", "stage": "tune"])
        default: break
        }
    }
}
