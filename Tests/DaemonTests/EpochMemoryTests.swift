import Foundation
import Manifests
import Testing

@testable import Daemon

@Suite struct EpochMemoryTests {
    private func line(_ epoch: Int, loss: Double = 1) throws -> Data {
        let record = EpochRecord(
            stage: .student, epoch: epoch, epochs: 99, learningRate: 0.1, trainLoss: loss, trainAccuracy: 0.5,
            evaluationLoss: 1, evaluationAccuracy: 0.5, imagesPerSecond: 100, seconds: 1)
        return Data(try WorkerEventLine(.epoch(record), time: 1000).bytes())
    }

    private func append(_ data: Data, to path: String) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: data)
        try file.close()
    }

    /// Only whole lines count, each epoch once with its later word, and another file begins anew.
    @Test func aFileThatGrowsIsReadOn() throws {
        let folder = try TemporaryFolder()
        let path = folder["events.jsonl"]
        let memory = EpochMemory()
        #expect(try memory.epochs(of: path).isEmpty, "there is no file yet")
        try line(1).write(to: URL(fileURLWithPath: path))
        #expect(try memory.epochs(of: path).map(\.epoch) == [1])
        let second = try line(2)
        try append(second.prefix(20), to: path)
        #expect(try memory.epochs(of: path).map(\.epoch) == [1], "half a line")
        try append(second.dropFirst(20), to: path)
        #expect(try memory.epochs(of: path).map(\.epoch) == [1, 2])
        try append(try line(1, loss: 7) + Data("no event\n".utf8) + line(3), to: path)
        #expect(try memory.epochs(of: path).map(\.epoch) == [1, 2, 3])
        #expect(try memory.epochs(of: path).map(\.trainLoss) == [7, 1, 1])
        try line(5).write(to: URL(fileURLWithPath: path), options: .atomic)
        #expect(try memory.epochs(of: path).map(\.epoch) == [5], "another file under the same name")
        // Others take its place, and it is read again.
        for i in 0..<20 {
            let other = folder["other\(i)"]
            try line(i + 1).write(to: URL(fileURLWithPath: other))
            #expect(try memory.epochs(of: other).map(\.epoch) == [i + 1])
        }
        #expect(try memory.epochs(of: path).map(\.epoch) == [5])
    }
}
