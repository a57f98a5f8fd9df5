import Foundation

/// Measurements as text: a line of a table, or a JSON object.
public enum BenchmarkTable {
    public static let heading = line(
        "benchmark", "what", "batch", "images/s", "best", "ms", "GFLOP/s", "of peak", "of step")

    public static func line(_ row: BenchmarkRow) -> String {
        func figure(_ value: Double?, _ digits: Int) -> String {
            value.map { String(format: "%.\(digits)f", $0) } ?? ""
        }
        return line(
            row.benchmark, row.subject, row.batch.map(String.init) ?? "", figure(row.imagesPerSecond, 0),
            figure(row.bestImagesPerSecond, 0), figure(row.milliseconds, 3), figure(row.gflops, 1),
            row.shareOfPeak.map { String(format: "%.0f %%", $0 * 100) } ?? "",
            row.shareOfStep.map { String(format: "%.1f %%", $0 * 100) } ?? "")
    }

    /// Keys in alphabetical order.
    public static func json(_ row: BenchmarkRow) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(row) else { preconditionFailure("a row that is no JSON: \(row)") }
        return String(decoding: data, as: UTF8.self)
    }

    private static func line(_ first: String, _ second: String, _ rest: String...) -> String {
        first.padding(toLength: 10, withPad: " ", startingAt: 0)
            + second.padding(toLength: 42, withPad: " ", startingAt: 0)
            + rest.map { String(repeating: " ", count: max(1, 10 - $0.count)) + $0 }.joined()
    }
}
