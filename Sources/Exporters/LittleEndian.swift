import Foundation

/// Floats as files hold them.
enum LittleEndian {
    static func data(_ values: [Float]) -> Data {
        values.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
    }

    /// - Parameter data: a multiple of 4 bytes.
    static func floats(_ data: Data) -> [Float] {
        precondition(data.count.isMultiple(of: 4))
        return [Float](unsafeUninitializedCapacity: data.count / 4) { buffer, count in
            data.withUnsafeBytes { bytes in
                for i in 0..<bytes.count / 4 {
                    let bits = bytes.loadUnaligned(fromByteOffset: i * 4, as: UInt32.self)
                    buffer[i] = Float(bitPattern: UInt32(littleEndian: bits))
                }
            }
            count = data.count / 4
        }
    }
}
