import Crypto
import Foundation
import Manifests
import Networks

/// Reads files as the checkpoints of a training, for those who only want to know whether they can be read.
package enum CheckpointExamination {
    /// What is wrong with a file; nil: nothing, or there is none.
    package static func damage(of path: String) -> String? {
        do {
            _ = try CheckpointFile<TrainingPosition>.read(path)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// With the checksum behind it that makes it whole.
    package static func sealed(_ bytes: [UInt8]) -> [UInt8] { bytes + Array(SHA256.hash(data: bytes)) }

    /// A small checkpoint, without its checksum.
    package static func sample() throws -> [UInt8] {
        let path = "\(NSTemporaryDirectory())/checkpoint-\(UUID().uuidString)"
        defer { unlink(path) }
        let position = TrainingPosition(epochsDone: 1, teaching: TeachingState(DistillationSpec()))
        try CheckpointFile(content: position, fingerprint: "a", buffers: [ParameterBuffer(count: 3)]).write(to: path)
        return try Array(Data(contentsOf: URL(fileURLWithPath: path)).dropLast(SHA256.byteCount))
    }
}
