import Reporting

/// Networks with given numbers of right answers, for tests of what is said about them.
enum MadeModels {
    /// `right` of `count` test images, both spread evenly over the classes; wrong answers name the next class.
    static func result(
        _ role: ModelResult.Role, right: Int, of count: Int, classes: Int = 10, parameters: Int = 1000
    ) -> ModelResult {
        var confusion = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
        for i in 0..<count {
            let label = i % classes
            confusion[label][i < right ? label : (label + 1) % classes] += 1
        }
        return ModelResult(
            role: role, model: "resnet8", width: 1, parameters: parameters, multiplyAccumulates: 1, fileBytes: 1,
            evaluationAccuracy: 0.5, testLoss: 1, latencyMilliseconds: 1, imagesPerSecond: 1, confusion: confusion,
            epochsRun: 1, bestEpoch: 1, trainSeconds: 1)
    }

    /// Images that only one of two networks is right about, with up to `alsoDiffer` more on either side.
    static func comparison(_ first: ModelResult, _ second: ModelResult, alsoDiffer: Int) -> PairedComparison {
        func right(_ model: ModelResult) -> Int { Int((model.testAccuracy * Double(model.testCount)).rounded()) }
        let lead = right(first) - right(second)
        let both = min(alsoDiffer, (first.testCount - abs(lead)) / 2)
        return PairedComparison(
            count: first.testCount, onlyFirst: max(lead, 0) + both, onlySecond: max(-lead, 0) + both)
    }

    static func models(
        teacher: Int, student: Int, baseline: Int?, of count: Int = 1000, classes: Int = 10, alsoDiffer: Int = 5,
        teacherParameters: Int = 3500
    ) -> ModelResults {
        let t = result(.teacher, right: teacher, of: count, classes: classes, parameters: teacherParameters)
        let s = result(.student, right: student, of: count, classes: classes)
        let b = baseline.map { result(.baseline, right: $0, of: count, classes: classes) }
        return ModelResults(
            teacher: t, student: s, baseline: b,
            studentAgainstTeacher: comparison(s, t, alsoDiffer: alsoDiffer),
            studentAgainstBaseline: b.map { comparison(s, $0, alsoDiffer: alsoDiffer) })
    }
}
