import Reporting
import Testing

struct ClassComparisonTests {
    @Test func sortedByLossWithUntestedClassesLast() {
        var report = SampleReport(classes: ["a", "b", "c"]).make()
        report.models.teacher = made(.teacher, [[90, 10, 0], [0, 80, 20], [0, 0, 0]])
        report.models.student = made(.student, [[85, 15, 0], [10, 40, 50], [0, 0, 0]])
        let rows = ClassComparison.sorted(report)
        #expect(rows.map(\.index) == [1, 0, 2])
        #expect(rows[0].changeIsSure && !rows[1].changeIsSure && !rows[2].changeIsSure)
        #expect(abs((rows[0].change ?? 0) + 0.4) < 1e-12)
        #expect(rows[0].takenFor?.index == 2 && rows[0].takenFor?.count == 50)
        #expect(rows[2].change == nil && rows[2].takenFor == nil && rows[2].studentRecall == nil)
    }

    @Test func worstPairs() {
        let pairs = ConfusedPair.worst([[5, 3, 2], [4, 6, 0], [0, 1, 9]], limit: 3)
        #expect(
            pairs.map { [$0.label, $0.predicted, $0.count, $0.reverse] } == [
                [1, 0, 4, 3], [0, 1, 3, 4], [0, 2, 2, 0],
            ])
        #expect(pairs[0].share == 0.4)
        #expect(ConfusedPair.worst([[5]], limit: 3).isEmpty)
    }

    @Test func confusionFromAnswers() {
        let confusion = ModelResult.confusion(labels: [0, 0, 1, 2], predictions: [0, 1, 1, 0], classes: 3)
        #expect(confusion == [[1, 1, 0], [0, 1, 0], [1, 0, 0]])
        let result = made(.student, confusion)
        #expect(result.testAccuracy == 0.5 && result.testCount == 4)
        #expect(result.perClass[0] == ClassResult(recall: 0.5, precision: 0.5, count: 2))
        #expect(result.perClass[2] == ClassResult(recall: 0, precision: nil, count: 1))
    }

    @Test func longNamesKeepBothEnds() {
        let short = ClassNames.short(String(repeating: "a", count: 50) + String(repeating: "z", count: 50), limit: 12)
        #expect(short == "aaaaaaa…zzzz")
        #expect(ClassNames.short("short", limit: 12) == "short")
    }

    private func made(_ role: ModelResult.Role, _ confusion: [[Int]]) -> ModelResult {
        ModelResult(
            role: role, model: "resnet8", width: 1, parameters: 1, multiplyAccumulates: 1, fileBytes: 1,
            evaluationAccuracy: 1, testLoss: 1, latencyMilliseconds: 1, imagesPerSecond: 1, confusion: confusion,
            epochsRun: 1, bestEpoch: 1, trainSeconds: 1)
    }
}
