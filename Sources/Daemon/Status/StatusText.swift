import Foundation
import Ledger

/// The status report as text for a terminal.
public struct StatusText {
    private var lines: [String] = []

    public static func render(_ report: StatusReport) -> String {
        var text = StatusText()
        text.add(report)
        return text.lines.joined(separator: "\n") + "\n"
    }

    /// What the running jobs are at, on one line; empty where none runs.
    public static func line(_ report: StatusReport) -> String {
        guard report.isDaemonRunning else { return "" }
        return report.running.map { job in
            let words = job.progress.map { Self.words(for: $0) } ?? "starting"
            return report.running.count > 1 ? "\(job.name): \(words)" : words
        }.joined(separator: "; ")
    }

    private mutating func add(_ report: StatusReport) {
        if !report.isDaemonRunning {
            lines.append("The daemon is not running; this is how it left things.")
            lines.append("")
        }
        add("Running", report.running) { job in
            [job.progress.map(Self.words(for:)) ?? "starting", job.note?.shown].compactMap(\.self)
        }
        add("Queued", report.queued) { job in
            [job.waitsFor.map { "waits: \($0)" }, job.note?.shown].compactMap(\.self)
        }
        let waiting = report.notes.filter { $0.kind == .waiting }
        add("Waiting in the inbox", waiting)
        add("Datasets in the inbox", report.notes.filter { $0.kind == .dataset })
        add("Left alone in the inbox", report.notes.filter { $0.kind == .ignored })
        add("Recent", report.recent) { job in
            var rest = [job.summary?.shown, job.folder].compactMap(\.self)
            if let finished = job.finishedAt { rest.insert(Self.ago(finished, report.time), at: 0) }
            return rest
        }
        if lines.isEmpty || !report.isDaemonRunning && lines.count == 2 {
            lines.append("Nothing to do: drop a dataset and a NAME.job.yaml into \(report.inbox).")
        }
        while lines.last == "" { lines.removeLast() }
    }

    private mutating func add(_ title: String, _ jobs: [StatusReport.Job], _ details: (StatusReport.Job) -> [String]) {
        guard !jobs.isEmpty else { return }
        lines.append("\(title) (\(jobs.count))")
        let width = jobs.map(\.id.count).max() ?? 0
        for job in jobs {
            var head = "  " + job.id.padding(toLength: width, withPad: " ", startingAt: 0)
            if job.state.isFinal { head += "  " + job.state.rawValue }
            let details = details(job)
            lines.append(details.isEmpty ? head : head + "  " + details[0])
            for detail in details.dropFirst() { lines.append("      " + detail) }
        }
        lines.append("")
    }

    private mutating func add(_ title: String, _ notes: [StatusReport.Note]) {
        guard !notes.isEmpty else { return }
        lines.append("\(title) (\(notes.count))")
        for note in notes { lines.append("  \(note.path): \(note.reason.shown)") }
        lines.append("")
    }

    /// `teacher, epoch 5 of 20, 71.2% right, 3,210 images/s, about 2 min left in this stage`
    package static func words(for progress: StatusReport.Progress) -> String {
        var parts = [progress.stage]
        if let epoch = progress.epoch, let epochs = progress.epochs {
            parts.append("epoch \(epoch) of \(epochs)")
        } else if progress.total > 0 {
            parts.append("\(Int(100 * Double(progress.done) / Double(progress.total)))%")
        }
        if let accuracy = progress.accuracy { parts.append("\(String(format: "%.1f", accuracy * 100))% right") }
        if let rate = progress.imagesPerSecond { parts.append("\(grouped(Int(rate.rounded()))) images/s") }
        if let seconds = progress.secondsLeftInStage { parts.append("about \(duration(seconds)) left in this stage") }
        return parts.joined(separator: ", ")
    }

    static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<90: "\(Int(seconds.rounded())) s"
        case ..<5400: "\(Int((seconds / 60).rounded())) min"
        case ..<172_800: "\(String(format: "%.1f", seconds / 3600)) h"
        default: "\(Int((seconds / 86_400).rounded())) days"
        }
    }

    private static func ago(_ date: Date, _ now: Date) -> String {
        duration(max(0, now.timeIntervalSince(date))) + " ago"
    }

    private static func grouped(_ number: Int) -> String {
        var digits = String(number)
        var position = digits.count - 3
        while position > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: position))
            position -= 3
        }
        return digits
    }
}
