import Foundation

/// Sends datagrams to a Unix socket: what service managers and the journal listen on.
struct UnixDatagram: Sendable {
    /// A path, or the name of an abstract socket after an @.
    private let address: String

    /// nil for what is neither.
    init?(_ address: String) {
        guard address.hasPrefix("/") || address.hasPrefix("@") else { return nil }
        self.address = address
    }

    /// - Returns: whether somebody took it. Nobody is waited for.
    func send(_ bytes: [UInt8]) -> Bool {
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        var path = Array(address.utf8)
        // The name of an abstract socket begins with a NUL in place of the @, and has none at its end.
        let isAbstract = path[0] == UInt8(ascii: "@")
        if isAbstract { path[0] = 0 }
        let room = MemoryLayout.size(ofValue: target.sun_path)
        guard path.count + (isAbstract ? 0 : 1) <= room else { return false }
        withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: path) }
        let length = MemoryLayout<sockaddr_un>.size - room + path.count + (isAbstract ? 0 : 1)

        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(
                    descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), address,
                    socklen_t(length)) == bytes.count
            }
        }
    }
}
