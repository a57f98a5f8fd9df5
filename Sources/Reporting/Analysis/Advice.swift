/// Something to do next, worked out from a report's figures.
package struct Advice: Equatable {
    /// An order: `Collect more images of 'bent' and 'rusty'`
    package let title: String
    /// The figures behind it, and how sure they are.
    package let reason: String

    /// In the order of their weight; never empty, since whether to ship is always answered.
    package static func all(_ report: JobReport) -> [Advice] {
        let classes = ClassComparison.sorted(report)
        return [ShippingAdvice.make(report)] + ClassAdvice.make(report, classes) + TrainingAdvice.make(report)
    }
}
