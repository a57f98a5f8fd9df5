import Foundation
import Manifests

/// `events.out.tfevents`: an epoch's figures as TensorBoard reads them.
///
/// A file of TFRecords, each a protobuf message `Event` (tensorflow/core/util/event.proto); the few fields that are
/// needed are written here by hand. All networks are in one file, told apart by the tags: `accuracy/student`.
public enum EventFile {
    /// Of the file; TensorBoard looks for `tfevents` in it.
    public static let name = "events.out.tfevents.distilld"

    /// - Parameters:
    ///   - epochs: in the order in which they happened.
    ///   - started: when the job was.
    public static func bytes(_ epochs: [EpochRecord], started: Date) -> [UInt8] {
        var time = started.timeIntervalSince1970
        var file = record(event(time: time) { $0.bytes(3, Array("brain.Event:2".utf8)) })
        for epoch in epochs {
            time += epoch.seconds.isFinite ? epoch.seconds : 0
            let network = epoch.stage.rawValue + ((epoch.teacher ?? 1) > 1 ? "\(epoch.teacher ?? 1)" : "")
            var values = [
                ("accuracy_training", epoch.trainAccuracy), ("loss_training", epoch.trainLoss),
                ("learning_rate", epoch.learningRate), ("images_per_second", epoch.imagesPerSecond),
            ]
            if epoch.isEvaluated {
                values += [("accuracy", epoch.evaluationAccuracy), ("loss", epoch.evaluationLoss)]
            }
            file += record(
                event(time: time, step: epoch.epoch) { message in
                    var summary = Message()
                    for (tag, value) in values {
                        var entry = Message()
                        entry.bytes(1, Array("\(tag)/\(network)".utf8))
                        entry.float(2, Float(value))
                        summary.bytes(1, entry.encoded)
                    }
                    message.bytes(5, summary.encoded)
                })
        }
        return file
    }

    private static func event(time: Double, step: Int = 0, _ content: (inout Message) -> Void) -> [UInt8] {
        var message = Message()
        message.double(1, time)
        if step != 0 { message.whole(2, UInt64(step)) }
        content(&message)
        return message.encoded
    }

    /// A TFRecord: length, its checksum, content, its checksum; little endian
    /// (https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details).
    static func record(_ content: [UInt8]) -> [UInt8] {
        let length = littleEndian(UInt64(content.count))
        return length + littleEndian(maskedChecksum(length)) + content + littleEndian(maskedChecksum(content))
    }

    /// CRC-32C, turned and shifted, since checksums of texts that hold checksums are weak.
    static func maskedChecksum(_ bytes: [UInt8]) -> UInt32 {
        let crc = checksum(bytes)
        return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
    }

    /// CRC-32C (Castagnoli et al. 1993), the reflected polynomial 0x82F63B78.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { crc, byte in table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8) }
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }

    fileprivate static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}

/// A protobuf message in the making.
private struct Message {
    private(set) var encoded: [UInt8] = []

    mutating func whole(_ field: Int, _ value: UInt64) {
        key(field, 0)
        variable(value)
    }

    mutating func double(_ field: Int, _ value: Double) {
        key(field, 1)
        encoded += EventFile.littleEndian(value.bitPattern)
    }

    mutating func bytes(_ field: Int, _ value: [UInt8]) {
        key(field, 2)
        variable(UInt64(value.count))
        encoded += value
    }

    mutating func float(_ field: Int, _ value: Float) {
        key(field, 5)
        encoded += EventFile.littleEndian(value.bitPattern)
    }

    private mutating func key(_ field: Int, _ wire: Int) { variable(UInt64(field << 3 | wire)) }

    private mutating func variable(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            encoded.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        encoded.append(UInt8(rest))
    }
}
