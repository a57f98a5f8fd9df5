import Reporting
import Testing

struct CalibrationTests {
    @Test func groupsAndErrorAsByHand() {
        // Two answers at 0.95, one right; three at 0.55, all right; one at 0.1 exactly, wrong: of the first group.
        let calibration = ReliabilityDiagram([
            (0.95, true), (0.95, false), (0.55, true), (0.55, true), (0.55, true), (0.1, false),
        ])
        #expect(calibration.groups.count == 10)
        #expect(calibration.groups.map(\.count) == [1, 0, 0, 0, 0, 3, 0, 0, 0, 2])
        #expect(calibration.groups[5].lower == 0.5 && calibration.groups[5].upper == 0.6)
        #expect(abs(calibration.groups[5].confidence - 0.55) < 1e-12)
        #expect(calibration.groups[9].accuracy == 0.5)
        // (2 * 0.45 + 3 * 0.45 + 1 * 0.1) / 6, and with signs (0.9 - 1.35 + 0.1) / 6.
        #expect(abs(calibration.expectedError - 2.35 / 6) < 1e-12)
        #expect(abs(calibration.overconfidence - -0.35 / 6) < 1e-12)
    }

    @Test func oddConfidencesHaveAPlace() {
        let calibration = ReliabilityDiagram([(1, true), (0, false), (1.0000001, true), (.nan, false)])
        #expect(calibration.groups.map(\.count) == [2, 0, 0, 0, 0, 0, 0, 0, 0, 2])
        let empty = ReliabilityDiagram([])
        #expect(empty.expectedError == 0 && empty.overconfidence == 0)
    }
}
