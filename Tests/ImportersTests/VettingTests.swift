import Compute
import Foundation
import Testing

@testable import Importers

struct VettingTests {
    private static let classes = ["bent", "good", "rusty", "Torn paper"]

    /// Logits of a teacher that answers `answer(label, image)`.
    private static func logits(_ labels: [Int], outputs: Int, _ answer: (Int, Int) -> Int) -> [Float] {
        labels.enumerated().flatMap { image, label in
            (0..<outputs).map { $0 == answer(label, image) ? 4 : Float($0) * 0.01 }
        }
    }

    private static let labels = (0..<200).map { $0 * 7 % 4 }

    @Test func aGoodTeacherIsUsedAsGiven() {
        let vetting = ModelVetting(classes: Self.classes, labels: Self.labels, outputs: 4)
        let result = vetting.run(given: TeacherPreprocessing.known[0]) { _ in
            Self.logits(Self.labels, outputs: 4) { label, image in image % 50 == 0 ? (label + 1) % 4 : label }
        }
        #expect(result.isGood && result.trials.count == 1)
        #expect(result.verdict == "The teacher is right for 98% of 200 labelled images, as given.")
    }

    @Test func anotherPreprocessingIsFound() {
        let vetting = ModelVetting(classes: Self.classes, labels: Self.labels, outputs: 4)
        let result = vetting.run(given: TeacherPreprocessing.known[0]) { preprocessing in
            Self.logits(Self.labels, outputs: 4) { label, image in
                preprocessing.name == "imagenet" && image % 10 != 0 ? label : 2
            }
        }
        #expect(!result.isGood && result.best.preprocessing.name == "imagenet")
        #expect(result.trials.count == TeacherPreprocessing.known.count)
        #expect(
            result.verdict
                == "The teacher's accuracy is 25% as given, 95% with ImageNet mean and std: set preprocess: imagenet.")
    }

    @Test func classesAreMatchedByName() {
        let names = ["rusty", "torn-paper", "sky", "BENT", "good"]
        let vetting = ModelVetting(classes: Self.classes, labels: Self.labels, outputs: 5, names: names)
        let outputs = [3, 4, 0, 1]
        let result = vetting.run(given: TeacherPreprocessing.known[0]) { _ in
            Self.logits(Self.labels, outputs: 5) { label, _ in outputs[label] }
        }
        #expect(result.best.match == ClassMatch(outputs: outputs, origin: .names))
        #expect(result.isGood && result.best.accuracy == 1)
        #expect(result.verdict.contains("matched by their names: 'bent' is its 'BENT'"))
    }

    @Test func anotherOrderIsFoundFromTheAnswers() {
        let outputs = [2, 0, 3, 1]
        let vetting = ModelVetting(classes: Self.classes, labels: Self.labels, outputs: 4)
        let result = vetting.run(given: TeacherPreprocessing.known[0]) { _ in
            Self.logits(Self.labels, outputs: 4) { label, image in image % 9 == 0 ? 0 : outputs[label] }
        }
        #expect(result.best.match == ClassMatch(outputs: outputs, origin: .answers))
        #expect(result.isGood)
        #expect(result.verdict.contains("another order, which was found from its answers: 'bent' is its output 2"))
    }

    /// Answers without any relation to the labels must not be fitted into one.
    @Test func aTeacherForOtherClassesIsRefused() {
        var random = CounterRandom(seed: 5, stream: 1)
        let vetting = ModelVetting(classes: Self.classes, labels: Self.labels, outputs: 10)
        let result = vetting.run(given: TeacherPreprocessing.known[0]) { _ in
            let answers = Self.labels.map { _ in random.index(below: 10) }
            return Self.logits(Self.labels, outputs: 10) { _, image in answers[image] }
        }
        #expect(!result.isGood)
        #expect(result.verdict.contains("chance is 25%. It was not trained for these classes"))
        let small = ModelVetting(classes: Self.classes, labels: Self.labels, outputs: 2)
        let refused = small.run(given: TeacherPreprocessing.known[0]) { _ in
            Self.logits(Self.labels, outputs: 2) { label, _ in label % 2 }
        }
        #expect(
            !refused.isGood && refused.verdict.hasPrefix("The teacher has 2 outputs, and the dataset has 4 classes"))
    }

    /// Against all permutations.
    @Test func assignmentsAreTheBest() {
        func permutations(_ rest: [Int], _ count: Int) -> [[Int]] {
            if count == 0 { return [[]] }
            return rest.flatMap { first in
                permutations(rest.filter { $0 != first }, count - 1).map { [first] + $0 }
            }
        }
        var random = CounterRandom(seed: 3, stream: 2)
        for (rows, columns) in [(1, 1), (2, 2), (3, 5), (4, 4), (5, 6)] {
            for _ in 0..<20 {
                let gains = (0..<rows).map { _ in (0..<columns).map { _ in Double(random.index(below: 9)) } }
                func sum(_ choice: [Int]) -> Double { choice.enumerated().reduce(0) { $0 + gains[$1.0][$1.1] } }
                let found = Assignment.best(gains)
                #expect(Set(found).count == rows)
                #expect(sum(found) == permutations(Array(0..<columns), rows).map(sum).max())
            }
        }
    }

    @Test func preprocessingIsAffine() {
        let imagenet = TeacherPreprocessing.named("imagenet-bgr")
        let channels = imagenet?.channels(3) ?? []
        #expect(channels.map(\.source) == [2, 1, 0])
        #expect(abs(255 * channels[2].factor + channels[2].term - (1 - 0.485) / 0.229) < 1e-5)
        #expect(Set(TeacherPreprocessing.known.map(\.name)).count == TeacherPreprocessing.known.count)
    }
}
