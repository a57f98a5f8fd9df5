import Foundation
import Manifests
import Testing

@testable import Daemon

@Suite struct EpochMemoryTests {
    private func record(_ epoch: Int) -> EpochRecord {
        EpochRecord(
            stage: .student, epoch: epoch, epochs: 9, learningRate: 0.1, trainLoss: 1, trainAccuracy: 0.5,
            evaluationLoss: 1, evaluationAccuracy: 0.5, imagesPerSecond: 100, seconds: 1)
    }

    /// A file is read when it has grown or is another one, and not before.
    @Test func aFileIsReadAgainOnlyWhenItHasChanged() throws {
        let folder = try TemporaryFolder()
        let path = folder["events.jsonl"]
        let memory = EpochMemory()
        var reads = 0
        func epochs() throws -> [Int] {
            try memory.epochs(of: path) {
                reads += 1
                return (1...reads).map(record)
            }.map(\.epoch)
        }
        #expect(try epochs().isEmpty && reads == 0, "there is no file yet")
        try Data("a".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try epochs() == [1])
        #expect(try epochs() == [1])
        try Data("ab".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try epochs() == [1, 2])
        try Data("cd".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        #expect(try epochs() == [1, 2, 3], "as large, but another file")
        // Others take its place.
        for i in 0..<20 {
            let other = folder["other\(i)"]
            try Data("x".utf8).write(to: URL(fileURLWithPath: other))
            _ = try memory.epochs(of: other) { [] }
        }
        #expect(try epochs() == [1, 2, 3, 4])
    }
}
