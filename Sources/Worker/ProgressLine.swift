import Foundation
import Manifests

#if canImport(Glibc)
    import Glibc
#endif

/// A job's progress on standard error: one line that is written over on a terminal, plain lines elsewhere.
public final class ProgressLine {
    private let isTerminal: Bool
    private let now: () -> ContinuousClock.Instant
    private let output: (String) -> Void
    private var open = false
    private var began: ContinuousClock.Instant
    private var shown: ContinuousClock.Instant
    private var epochNote = ""

    public convenience init() {
        self.init(
            isTerminal: isatty(STDERR_FILENO) == 1, now: { .now },
            output: { FileHandle.standardError.write(Data($0.utf8)) })
    }

    init(isTerminal: Bool, now: @escaping () -> ContinuousClock.Instant, output: @escaping (String) -> Void) {
        self.isTerminal = isTerminal
        self.now = now
        self.output = output
        began = now()
        shown = began
    }

    public func show(_ event: WorkerEvent) {
        switch event {
        case .started(let identifier, let resumed):
            say(resumed ? "\(identifier): going on where it was stopped" : "\(identifier): started")
        case .stage(let stage, _):
            began = now()
            epochNote = ""
            if !isTerminal { say("\(stage.rawValue) ...") }
        case .progress(let stage, let done, let total):
            guard isTerminal, total > 0 else { return }
            let share = Double(done) / Double(total)
            let filled = Int(share * 24)
            let elapsed = (now() - began) / .seconds(1)
            let left = share > 0 ? elapsed / share * (1 - share) : 0
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
            let text = String(format: "%3.0f%%  %@ left", share * 100, Self.duration(left))
            write("\r\u{1B}[K\(stage.rawValue) \(bar) \(text)\(epochNote)")
            open = true
        case .epoch(let record):
            let accuracy = String(
                format: "%@ %.1f%%, loss %.3f, %.0f images/s", record.isEvaluated ? "accuracy" : "training accuracy",
                (record.isEvaluated ? record.evaluationAccuracy : record.trainAccuracy) * 100,
                record.trainLoss, record.imagesPerSecond)
            epochNote = "  epoch \(record.epoch)/\(record.epochs), \(accuracy)"
            if !isTerminal { say("\(record.stage.rawValue)\(epochNote)") }
        case .trial(let result, let done, let total):
            epochNote = String(
                format: "  %d/%d, trial %d: %.1f%% after %d epochs", done, total, result.trial, result.accuracy * 100,
                result.epochs)
            if !isTerminal { say("tune\(epochNote)") }
        case .notice(let text): say(text)
        case .finished, .failed, .suspended: close()
        }
    }

    /// A share of looking at a dataset, 0...1; nothing is said of what takes no time.
    func show(_ share: Double) {
        guard now() - began > .seconds(1), now() - shown > .milliseconds(200) else { return }
        shown = now()
        show(.progress(.read, done: Int(share * 1000), total: 1000))
    }

    /// Ends the line that is being written over.
    public func close() {
        if open { write("\n") }
        open = false
    }

    private func say(_ text: String) {
        if open { write("\r\u{1B}[K") }
        open = false
        write(text + "\n")
    }

    private func write(_ text: String) { output(text) }

    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60):" + String(format: "%02d", whole % 60) }
        return "\(whole / 3600):" + String(format: "%02d:%02d", whole % 3600 / 60, whole % 60)
    }
}
