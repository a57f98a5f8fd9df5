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

    private let socket: UnixDatagram
    /// Within which the manager wants to hear of us; nil: it does not.
    package let watchdogInterval: Duration?
    private let lastStatus = Mutex<String?>(nil)

    /// nil where nobody wants to know.
    package init?(environment: [String: String]) {
        guard let socket = environment["NOTIFY_SOCKET"].flatMap({ UnixDatagram($0) }) else { return nil }
        self.socket = socket
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
        _ = socket.send(Array(message.text.utf8))
    }
}
