import Manifests
import Synchronization

/// The configuration as it is now: SIGHUP puts another in its place.
final class LiveConfig: Sendable {
    private let value: Mutex<DaemonConfig>

    init(_ config: DaemonConfig) { value = Mutex(config) }

    var current: DaemonConfig { value.withLock { $0 } }

    /// Takes over what a running daemon can change: everything but its folders and the form of its log.
    /// - Returns: the keys of `config` that wait for a restart.
    func replace(with config: DaemonConfig) -> [String] {
        value.withLock { value in
            var new = config
            var waiting: [String] = []
            func keep<Value: Equatable>(_ key: String, _ path: WritableKeyPath<DaemonConfig, Value>) {
                guard new[keyPath: path] != value[keyPath: path] else { return }
                new[keyPath: path] = value[keyPath: path]
                waiting.append(key)
            }
            keep("inbox", \.inbox)
            keep("outbox", \.outbox)
            keep("state", \.state)
            keep("log", \.log)
            value = new
            return waiting
        }
    }
}
