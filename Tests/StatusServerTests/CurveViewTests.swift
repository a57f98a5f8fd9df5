import Manifests
import Testing

@testable import StatusServer

/// The lines of a job that learns.
@Suite struct CurveViewTests {
    private func record(_ stage: Stage, _ number: Int? = nil, epoch: Int, accuracy: Double) -> EpochRecord {
        EpochRecord(
            stage: stage, epoch: epoch, epochs: 2, learningRate: 0.1, trainLoss: 1, trainAccuracy: accuracy,
            evaluationLoss: 1, evaluationAccuracy: accuracy, imagesPerSecond: 1, seconds: 1, teacher: number)
    }

    /// Their names, in the order in which they learn.
    private func names(_ epochs: [EpochRecord]) -> [String] {
        let text = CurveView(id: "x", epochs: epochs).render().text
        return text.components(separatedBy: "</text>").compactMap { part in
            part.range(of: "class=\"own name\"").map { String(part[$0.upperBound...].drop { $0 != ">" }.dropFirst()) }
        }
    }

    @Test func eachNetworkHasALine() {
        let all = (1...2).flatMap { epoch in
            [
                record(.student, epoch: epoch, accuracy: 0.5), record(.teacher, epoch: epoch, accuracy: 0.7),
                record(.teacher, 2, epoch: epoch, accuracy: 0.8), record(.assistant, 1, epoch: epoch, accuracy: 0.6),
                record(.baseline, epoch: epoch, accuracy: 0.4), record(.audition, 1, epoch: epoch, accuracy: 0.3),
            ]
        }
        let expected = ["Teacher 1", "Teacher 2", "Assistant", "Student", "Baseline"]
        #expect(names(all) == expected + expected)
    }

    @Test func peersStandBesideTheStudent() {
        let all = [
            record(.student, epoch: 1, accuracy: 0.5), record(.peer, 2, epoch: 1, accuracy: 0.6),
            record(.peer, 3, epoch: 1, accuracy: 0.4),
        ]
        #expect(names(all) == ["Student", "Peer 2", "Peer 3", "Student", "Peer 2", "Peer 3"])
    }
}
