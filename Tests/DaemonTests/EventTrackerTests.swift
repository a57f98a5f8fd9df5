import Foundation
import Ledger
import Manifests
import Testing

@testable import Daemon

@Suite struct EventTrackerTests {
    private func epoch(_ stage: Stage, _ epoch: Int, accuracy: Double = 0.5) -> WorkerEvent {
        .epoch(
            EpochRecord(
                stage: stage, epoch: epoch, epochs: 10, learningRate: 0.1, trainLoss: 1, trainAccuracy: 0.5,
                evaluationLoss: 1, evaluationAccuracy: accuracy, imagesPerSecond: 3210, seconds: 2))
    }

    private func tracker(highWater: Int = 0, _ events: WorkerEvent...) -> EventTracker {
        var tracker = EventTracker(jobID: "j", highWater: highWater)
        for (index, event) in events.enumerated() { tracker.apply(WorkerEventLine(event, time: 100 + Double(index))) }
        return tracker
    }

    @Test func progressFollowsTheStage() {
        let progress = tracker(
            .started(jobID: "j", resumed: false), .stage(.read, total: 0), .progress(.read, done: 5, total: 20)
        ).progress
        #expect(progress.stage == "read")
        #expect(progress.done == 5 && progress.total == 20)
        #expect(progress.stageStartedAt == Date(timeIntervalSince1970: 101))
        // 5 of 20 in a second: 15 are left, of which half a second has passed.
        #expect(progress.secondsLeftInStage(at: Date(timeIntervalSince1970: 102.5)) == 2.5)
    }

    @Test func anEpochTellsAccuracyAndTimeLeft() {
        let progress = tracker(.stage(.teacher, total: 10), epoch(.teacher, 3)).progress
        #expect(progress.epoch == 3 && progress.epochs == 10)
        #expect(progress.accuracy == 0.5)
        #expect(progress.secondsLeftInStage(at: Date(timeIntervalSince1970: 101)) == 14)
        #expect(progress.secondsLeftInStage(at: Date(timeIntervalSince1970: 1000)) == 0)
        #expect(tracker(epoch(.teacher, 1, accuracy: .nan)).progress.accuracy == nil)
    }

    @Test func aNewStageForgetsTheEpochsOfTheLast() {
        let progress = tracker(epoch(.teacher, 3), .stage(.student, total: 10)).progress
        #expect(progress.stage == "student" && progress.epoch == nil && progress.accuracy == nil)
        #expect(progress.secondsLeftInStage() == nil)
    }

    @Test func gettingFurtherIsTold() {
        let first = tracker(.stage(.teacher, total: 10), epoch(.teacher, 3))
        #expect(first.hasAdvanced)
        let second = tracker(highWater: first.highWater, .stage(.teacher, total: 10), epoch(.teacher, 3))
        #expect(!second.hasAdvanced)
        #expect(tracker(highWater: first.highWater, epoch(.teacher, 4)).hasAdvanced)
        #expect(tracker(highWater: first.highWater, .stage(.student, total: 1)).hasAdvanced)
    }

    @Test func onlyProgressWithinAStageMayGoUnwritten() {
        var tracker = tracker()
        let progress = WorkerEvent.progress(.teacher, done: 1, total: 2)
        let events = [progress, progress, .stage(.teacher, total: 2), epoch(.teacher, 1), .notice(""), progress]
        var due: [Bool] = []
        for event in events { due.append(tracker.isWriteDue(after: event)) }
        #expect(due == [true, false, true, true, false, false])
    }

    @Test func onlyALastWordIsALastWord() {
        #expect(tracker(.suspended).ending == .suspended)
        #expect(tracker(.suspended, .notice("and on")).ending == nil)
    }

    @Test func lastWordAndExitCodeMustAgree() {
        let headline = Headline(
            verdict: "", teacherAccuracy: 1, studentAccuracy: 1, baselineAccuracy: nil, studentParameters: 1,
            studentBytes: 4)
        let failure = JobFailure(code: "c", what: "w", fix: "f")
        #expect(WorkerEnd(.exited(0), lastWord: .finished(headline)) == .finished(headline))
        #expect(WorkerEnd(.exited(1), lastWord: .failed(failure)) == .failed(failure))
        #expect(WorkerEnd(.exited(75), lastWord: nil) == .suspended)
        #expect(WorkerEnd(.exited(0), lastWord: .failed(failure)) == .crashed(.exited(0)))
        #expect(WorkerEnd(.exited(1), lastWord: .finished(headline)) == .crashed(.exited(1)))
        #expect(
            WorkerEnd(.killed(signal: SIGKILL), lastWord: .finished(headline)) == .crashed(.killed(signal: SIGKILL)))
    }
}
