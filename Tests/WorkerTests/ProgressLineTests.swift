import Foundation
import Manifests
import Testing

@testable import Worker

@Suite struct ProgressLineTests {
    /// What it writes, with a clock that is set by hand.
    private final class Screen {
        var text = ""
        var time = ContinuousClock.now

        func line(isTerminal: Bool) -> ProgressLine {
            ProgressLine(isTerminal: isTerminal, now: { self.time }, output: { self.text += $0 })
        }
    }

    private static let epoch = WorkerEvent.epoch(
        EpochRecord(
            stage: .student, epoch: 3, epochs: 8, learningRate: 0.1, trainLoss: 1.25, trainAccuracy: 0.5,
            evaluationLoss: 1.5, evaluationAccuracy: 0.424, imagesPerSecond: 1234.4, seconds: 2))

    @Test func onATerminalALineIsWrittenOver() {
        let screen = Screen()
        let line = screen.line(isTerminal: true)
        line.show(.stage(.student, total: 100))
        screen.time += .seconds(30)
        line.show(.progress(.student, done: 25, total: 100))
        #expect(screen.text == "\r\u{1B}[Kstudent ██████░░░░░░░░░░░░░░░░░░  25%  1:30 left")
        line.show(Self.epoch)
        screen.text = ""
        screen.time += .seconds(30)
        line.show(.progress(.student, done: 50, total: 100))
        #expect(
            screen.text
                == "\r\u{1B}[Kstudent ████████████░░░░░░░░░░░░  50%  1:00 left"
                + "  epoch 3/8, accuracy 42.4%, loss 1.250, 1234 images/s")
        screen.text = ""
        line.show(.notice("A remark."))
        #expect(screen.text == "\r\u{1B}[KA remark.\n")
    }

    @Test func elsewhereThereAreLines() {
        let screen = Screen()
        let line = screen.line(isTerminal: false)
        line.show(.started(jobID: "tiny-1", resumed: true))
        line.show(.stage(.student, total: 100))
        line.show(.progress(.student, done: 50, total: 100))
        line.show(Self.epoch)
        line.close()
        #expect(
            screen.text
                == "tiny-1: going on where it was stopped\nstudent ...\n"
                + "student  epoch 3/8, accuracy 42.4%, loss 1.250, 1234 images/s\n")
    }

    /// `check` and `init` look at a dataset, which may take no time.
    @Test func aLookAtADatasetIsShownWhenItTakesLong() {
        let screen = Screen()
        let line = screen.line(isTerminal: true)
        line.show(0.1)
        #expect(screen.text.isEmpty)
        screen.time += .seconds(2)
        line.show(0.2)
        line.show(0.21)
        #expect(screen.text == "\r\u{1B}[Kread ████░░░░░░░░░░░░░░░░░░░░  20%  8 s left")
        line.close()
        #expect(screen.text.hasSuffix("left\n"))
        let plain = Screen()
        let none = plain.line(isTerminal: false)
        plain.time += .seconds(2)
        none.show(0.5)
        #expect(plain.text.isEmpty)
    }

    @Test func timesAreForPeople() {
        #expect(ProgressLine.duration(59.4) == "59 s")
        #expect(ProgressLine.duration(61) == "1:01")
        #expect(ProgressLine.duration(3723) == "1:02:03")
    }
}
