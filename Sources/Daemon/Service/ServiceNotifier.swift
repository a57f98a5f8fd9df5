import Foundation
import Synchronization

/// Tells the service manager how the daemon is, by the protocol of sd_notify(3): datagrams to the Unix socket that
/// `NOTIFY_SOCKET` names.
package final class ServiceNotifier: Sendable {
    package enum Message: Sendable, Equatable {
        case ready
        /// The configuration is read again; `ready` follows.
        case reloading
        /// One line for `systemctl status`.
        case status(String)
        case watchdog
        /// With the time after which the manager may lose its patience, in seconds.
        case stopping(within: Double)

        var text: String {
            switch self {
            case .ready: "READY=1\nMAINPID=\(getpid())"
            case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(ServiceNotifier.monotonicMicroseconds)"
            case .status(let text): "STATUS=\(text)"
            case .watchdog: "WATCHDOG=1"
            case .stopping(let seconds):
                "STOPPING=1\nSTATUS=Waiting for checkpoints\nEXTEND_TIMEOUT_USEC=\(Int(seconds * 1e6))"
            }
        }
    }

    private static var monotonicMicroseconds: Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1_000_000 + now.tv_nsec / 1000
    }

    private let address: String
    /// Within which the manager wants to hear of us; nil: it does not.
    package let watchdogInterval: Duration?
    private let lastStatus = Mutex<String?>(nil)

    /// nil where nobody wants to know.
    package init?(environment: [String: String]) {
        guard let address = environment["NOTIFY_SOCKET"], address.hasPrefix("/") || address.hasPrefix("@") else {
            return nil
        }
        self.address = address
        let isForUs = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
        watchdogInterval = environment["WATCHDOG_USEC"].flatMap { Int($0) }.flatMap { microseconds in
            isForUs && microseconds > 0 ? .microseconds(microseconds) : nil
        }
    }

    /// Sends; a status only when it is another than the last. The manager may be gone or busy: the daemon goes on.
    package func notify(_ message: Message) {
        if case .status(let text) = message {
            let isNew = lastStatus.withLock { last in
                defer { last = text }
                return last != text
            }
            guard isNew else { return }
        }
        send(Array(message.text.utf8))
    }

    private func send(_ bytes: [UInt8]) {
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        var path = Array(address.utf8)
        // The name of an abstract socket begins with a NUL in place of the @, and has none at its end.
        let isAbstract = path[0] == UInt8(ascii: "@")
        if isAbstract { path[0] = 0 }
        let room = MemoryLayout.size(ofValue: target.sun_path)
        guard path.count + (isAbstract ? 0 : 1) <= room else { return }
        withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: path) }
        let length = MemoryLayout<sockaddr_un>.size - room + path.count + (isAbstract ? 0 : 1)

        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = sendto(
                    descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT),
                    address, socklen_t(length))
            }
        }
    }
}
