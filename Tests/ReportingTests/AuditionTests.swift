import Foundation
import Reporting
import Testing

struct AuditionTests {
    private func result(_ accuracies: [Double], images: Int) -> AuditionResult {
        AuditionResult(
            epochs: 3, images: images,
            trials: [
                AuditionResult.Trial(teachers: [1], accuracy: accuracies[0]),
                AuditionResult.Trial(teachers: [2], accuracy: accuracies[1]),
                AuditionResult.Trial(teachers: [1, 2], accuracy: accuracies[2]),
            ])
    }

    @Test func allTeachWhereNobodyIsAheadByMoreThanChance() {
        // Four points of 250 images are within 1.64 standard errors, of 2,500 they are not.
        let few = result([0.268, 0.308, 0.272], images: 250)
        #expect(few.chosen.teachers == [1, 2])
        #expect(
            few.sentence == "After 3 epochs the student of all together was right about 27.2% of the evaluation split "
                + "(teacher 1 26.8%, teacher 2 30.8%): they teach, since nobody alone is ahead by more than chance.")
        let many = result([0.268, 0.308, 0.272], images: 2500)
        #expect(many.chosen.teachers == [2])
        #expect(
            many.sentence == "After 3 epochs the student of teacher 2 was right about 30.8% of the evaluation split "
                + "(teacher 1 26.8%, all together 27.2%): it teaches.")
        #expect(result([0.3, 0.3, 0.1], images: 250).chosen.teachers == [1])
        #expect(result([0.1, 0.3, 0.5], images: 2500).chosen.teachers == [1, 2])
    }

    /// Those took the highest accuracy, of equals the earlier one.
    @Test func reportsOfEarlierVersionsAreReadAsTheyWereWritten() throws {
        let text = """
            {"epochs":3,"trials":[{"accuracy":0.268,"teachers":[1]},{"accuracy":0.308,"teachers":[2]},
            {"accuracy":0.272,"teachers":[1,2]}]}
            """
        let read = try JSONDecoder().decode(AuditionResult.self, from: Data(text.utf8))
        #expect(read.chosen.teachers == [2])
    }
}
