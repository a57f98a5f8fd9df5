import Foundation
import Logging
import Manifests

/// Delivers notices: first to the hooks, once, then to the webhook, until it takes them.
///
/// One at a time, so that a receiver sees jobs in the order in which they ended as far as it answers. Each is delivered
/// at least once: one that was on its way when the daemon was killed comes again, under the same identifier.
struct NoticeLoop: Sendable {
    let context: DaemonContext
    let running: RunningJobs
    let wake: Signal

    private static let longestDelay = Duration.seconds(3600)
    /// A receiver that is away for longer has lost the notice.
    private static let patience = 24.0 * 3600

    /// Runs until the daemon shuts down.
    func run() async throws {
        while !running.isShuttingDown {
            try Task.checkCancellation()
            var next = Self.longestDelay
            do { next = try await deliverDue() } catch let error as FileError {
                context.logger.error("Cannot deliver notices; it is tried again", metadata: ["error": "\(error)"])
                next = context.tuning.troubleDelay
            }
            await wake.wait(atMost: next)
        }
    }

    /// - Returns: when to look again.
    private func deliverDue() async throws -> Duration {
        let queue = NoticeQueue(context)
        var next = Self.longestDelay
        for id in try queue.pending() {
            if running.isShuttingDown { return next }
            guard let (notice, bytes) = try queue.read(id) else { continue }
            if let due = try await deliver(id, notice, bytes, queue) {
                next = min(next, .seconds(max(0.01, due.timeIntervalSinceNow)))
            }
        }
        return next
    }

    /// - Returns: when the webhook is tried again; nil: all is done.
    private func deliver(_ id: String, _ notice: Notice, _ bytes: [UInt8], _ queue: NoticeQueue) async throws -> Date? {
        let logger = context.logger(of: id)
        var delivery = try queue.delivery(of: id)
        if !delivery.hooksAreDone {
            let hooks = HookRunner(context: context, running: running)
            guard try await hooks.run(notice, input: queue.path(of: id), logger) else { return nil }
            delivery.hooksAreDone = true
            try queue.save(delivery, of: id)
        }
        guard let address = context.config.notify.webhook else {
            try queue.remove(id)
            return nil
        }
        if let next = delivery.nextAttempt, next > Date() { return next }
        let webhook = Webhook(address: address, secret: context.config.notify.secret, folder: context.state.notices)
        let answer = try await webhook.send(bytes, event: notice.event, id: id) { [running] in running.isShuttingDown }
        if answer.isTaken {
            try queue.remove(id)
            logger.info("The webhook was told")
            return nil
        }
        if running.isShuttingDown { return nil }
        let now = Date()
        let first = delivery.firstAttempt ?? now
        guard now.timeIntervalSince(first) < Self.patience else {
            logger.error(
                "The webhook was not told, for a day; it is given up", metadata: ["answer": "\(answer.words)"])
            try queue.remove(id)
            return nil
        }
        let delay = min(context.tuning.noticeDelay * (1 << min(delivery.attempts, 12)), Self.longestDelay)
        delivery.attempts += 1
        delivery.firstAttempt = first
        delivery.nextAttempt = now.addingTimeInterval(delay / .seconds(1))
        try queue.save(delivery, of: id)
        logger.warning(
            "The webhook did not take the notice; it is tried again",
            metadata: ["answer": "\(answer.words)", "in": "\(StatusText.duration(delay / .seconds(1)))"])
        return delivery.nextAttempt
    }
}
