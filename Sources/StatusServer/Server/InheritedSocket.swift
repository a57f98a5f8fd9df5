import Foundation

/// A listening socket that the service manager has opened and handed over (sd_listen_fds(3)): connections wait in it
/// while the daemon is started again, and its address is the manager's affair.
struct InheritedSocket: Sendable {
    /// The manager gives descriptors from here on.
    private static let first: Int32 = 3

    let descriptor: Int32
    /// 0 for a Unix socket.
    let port: Int
    /// For messages.
    let address: String
    /// Whether only programs of this machine reach it.
    let isLocal: Bool

    /// nil where the manager gave none to this process.
    init?(environment: [String: String]) {
        guard environment["LISTEN_PID"] == "\(getpid())", let count = environment["LISTEN_FDS"].flatMap({ Int32($0) }),
            count > 0
        else { return nil }
        for descriptor in Self.first..<Self.first + count {
            // Workers have no use for it.
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
        for descriptor in Self.first..<Self.first + count {
            if let socket = InheritedSocket(descriptor) {
                self = socket
                return
            }
        }
        return nil
    }

    /// nil for what is no listening stream socket.
    init?(_ descriptor: Int32) {
        func option(_ name: Int32) -> Int32? {
            var value: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
        }
        guard option(SO_ACCEPTCONN) == 1, option(SO_TYPE) == Int32(SOCK_STREAM.rawValue) else { return nil }
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isKnown = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) == 0 }
        }
        guard isKnown else { return nil }
        self.descriptor = descriptor
        switch Int32(storage.ss_family) {
        case AF_INET:
            let bytes = withUnsafeBytes(of: &storage) { $0.loadUnaligned(as: sockaddr_in.self) }
            let host = UInt32(bigEndian: bytes.sin_addr.s_addr)
            port = Int(UInt16(bigEndian: bytes.sin_port))
            address = "http://\((0..<4).map { "\(host >> (24 - 8 * $0) & 255)" }.joined(separator: ".")):\(port)"
            isLocal = host >> 24 == 127
        case AF_INET6:
            var bytes = withUnsafeBytes(of: &storage) { $0.loadUnaligned(as: sockaddr_in6.self) }
            port = Int(UInt16(bigEndian: bytes.sin6_port))
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            inet_ntop(AF_INET6, &bytes.sin6_addr, &text, socklen_t(text.count))
            let host = text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
            address = "http://[\(host)]:\(port)"
            isLocal = host == "::1"
        case AF_UNIX:
            let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
            let path = withUnsafeBytes(of: &storage) { $0.dropFirst(offset).prefix { $0 != 0 } }
            port = 0
            address = "unix:\(String(decoding: path, as: UTF8.self))"
            isLocal = true
        default: return nil
        }
    }
}
