import Manifests

/// `metrics.csv`: a row an epoch, for spreadsheets and plotting programs.
///
/// RFC 4180: a header line, commas, CRLF. The columns are the keys of `epochs` in `report.json`, then those of an epoch's
/// `teaching`, which are empty where nobody taught. Numbers have as many
/// digits as it takes to read the same value back; those that are not finite are `NaN`, `Infinity` and `-Infinity`.
public enum MetricsCSV {
    package static let columns = [
        "stage", "epoch", "epochs", "learningRate", "trainLoss", "trainAccuracy", "evaluationLoss",
        "evaluationAccuracy", "imagesPerSecond", "seconds", "teacher",
    ]

    package static let teachingColumns = [
        "alpha", "temperature", "hardLoss", "softLoss", "gradientCosine", "trust", "teacherErrors", "featureLoss",
    ]

    /// - Parameter epochs: in the order of the rows.
    public static func text(_ epochs: [EpochRecord]) -> String {
        var text = line(columns + teachingColumns)
        for epoch in epochs { text += line(fields(epoch)) }
        return text
    }

    /// The epochs of a file that `text` made; rows that it cannot have made are left out.
    public static func epochs(_ text: String) -> [EpochRecord] {
        text.split(whereSeparator: \.isNewline).dropFirst().compactMap { row in
            let fields = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            // "NaN" and "Infinity" are read as what they are.
            let numbers = fields.dropFirst(3).compactMap { Double($0) }
            guard fields.count == columns.count, numbers.count == 7, let stage = Stage(rawValue: fields[0]),
                let epoch = Int(fields[1]), let epochs = Int(fields[2])
            else { return nil }
            return EpochRecord(
                stage: stage, epoch: epoch, epochs: epochs, learningRate: numbers[0], trainLoss: numbers[1],
                trainAccuracy: numbers[2], evaluationLoss: numbers[3], evaluationAccuracy: numbers[4],
                imagesPerSecond: numbers[5], seconds: numbers[6])
        }
    }

    private static func fields(_ epoch: EpochRecord) -> [String] {
        let numbers = [
            epoch.learningRate, epoch.trainLoss, epoch.trainAccuracy, epoch.evaluationLoss, epoch.evaluationAccuracy,
            epoch.imagesPerSecond, epoch.seconds,
        ]
        return [epoch.stage.rawValue, "\(epoch.epoch)", "\(epoch.epochs)"] + numbers.map(number)
            + [epoch.stage == .teacher ? "\(epoch.teacher ?? 1)" : ""] + fields(epoch.teaching)
    }

    private static func fields(_ teaching: TeachingRecord?) -> [String] {
        guard let teaching else { return teachingColumns.map { _ in "" } }
        let numbers = [
            teaching.alpha, teaching.temperature, teaching.hardLoss, teaching.softLoss, teaching.gradientCosine,
            teaching.trust, teaching.teacherErrors,
        ]
        return numbers.map(number) + [teaching.featureLoss.map(number) ?? ""]
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return "\(value)"
    }

    /// No field can hold a comma, a quote or a line break, so none needs quotes.
    private static func line(_ fields: [String]) -> String { fields.joined(separator: ",") + "\r\n" }
}
