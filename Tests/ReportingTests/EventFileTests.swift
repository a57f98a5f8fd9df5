import Foundation
import Manifests
import Testing

@testable import Reporting

/// The file for TensorBoard.
@Suite struct EventFileTests {
    private let epochs = [
        EpochRecord(
            stage: .teacher, epoch: 1, epochs: 2, learningRate: 0.1, trainLoss: 2.5, trainAccuracy: 0.25,
            evaluationLoss: 2.25, evaluationAccuracy: 0.375, imagesPerSecond: 1000, seconds: 8),
        EpochRecord(
            stage: .student, epoch: 300, epochs: 300, learningRate: 0.05, trainLoss: 1.5, trainAccuracy: 0.5,
            evaluationLoss: 0, evaluationAccuracy: 0, imagesPerSecond: 2000, seconds: 4),
    ]

    /// RFC 3720, B.4, and the check value of the CRC's catalogue.
    @Test func checksumsAreCastagnolis() {
        #expect(EventFile.checksum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(EventFile.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(EventFile.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(EventFile.checksum(Array(0..<32)) == 0x46DD_794E)
    }

    @Test func recordsAreFramed() throws {
        var rest = EventFile.bytes(epochs, started: Date(timeIntervalSince1970: 1000))[...]
        var contents: [[UInt8]] = []
        while !rest.isEmpty {
            let length = Array(rest.prefix(8))
            let count = length.enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
            let content = Array(rest.dropFirst(12).prefix(count))
            for (bytes, at) in [(length, 8), (content, 12 + count)] {
                let crc = rest.dropFirst(at).prefix(4).enumerated().reduce(UInt32(0)) {
                    $0 | UInt32($1.element) << UInt32(8 * $1.offset)
                }
                // The other way than they are made: unmasked as the format says.
                let turned = crc &- 0xA282_EAD8
                #expect(EventFile.checksum(bytes) == (turned >> 17 | turned << 15))
            }
            contents.append(content)
            rest = rest.dropFirst(16 + count)
        }
        #expect(contents.count == 3)
        #expect(String(decoding: contents[0], as: UTF8.self).contains("brain.Event:2"))
        let teacher = String(decoding: contents[1], as: UTF8.self)
        for tag in ["accuracy/teacher", "loss/teacher", "accuracy_training/teacher", "learning_rate/teacher"] {
            #expect(teacher.contains(tag))
        }
        // There was no evaluation split: nothing is said of it.
        let student = String(decoding: contents[2], as: UTF8.self)
        #expect(student.contains("loss_training/student") && !student.contains("loss/student"))
        // Wall time 1000 + 8 + 4 as a double, then step 300 as a variable-length number.
        #expect(
            contents[2].starts(
                with: [0x09] + withUnsafeBytes(of: 1012.0.bitPattern) { Array($0) } + [0x10, 0xAC, 0x02]))
    }
}
