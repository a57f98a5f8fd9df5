/// Something to do next, worked out from a report's figures.
struct Advice: Equatable {
    /// An order: `Collect more images of 'bent' and 'rusty'`
    let title: String
    /// The figures behind it, and how sure they are.
    let reason: String

    /// In the order of their weight; never empty, since whether to ship is always answered.
    static func all(_ report: JobReport) -> [Advice] {
        let classes = ClassComparison.sorted(report)
        return [ShippingAdvice.make(report)] + ClassAdvice.make(report, classes) + TrainingAdvice.make(report)
    }
}
