import Foundation
import Testing

/// The other end of a datagram socket, in a folder or abstract: a service manager's, say.
final class DatagramListener: Sendable {
    let folder: TemporaryFolder
    let address: String
    private let descriptor: Int32

    init(isAbstract: Bool = false) throws {
        folder = try TemporaryFolder()
        address = isAbstract ? "@distilld-test-\(UUID().uuidString)" : folder["notify"]
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(address.utf8)
        if isAbstract { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
        let length = MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1)
        let result = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(length)) }
        }
        try #require(descriptor >= 0 && result == 0)
    }

    deinit { close(descriptor) }

    /// All that has come.
    func messages() -> [String] {
        var messages: [String] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(descriptor, &buffer, buffer.count, 0), count >= 0 {
            messages.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
        return messages
    }
}
