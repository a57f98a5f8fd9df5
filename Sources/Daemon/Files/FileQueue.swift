import Dispatch

/// Runs work that waits for disks on threads of its own: the cooperative pool has as many threads as cores, and
/// copying a large dataset on them would stop every other task.
func onFileQueue<Value: Sendable>(_ body: @Sendable @escaping () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        fileQueue.async { continuation.resume(with: Result { try body() }) }
    }
}

private let fileQueue = DispatchQueue(label: "distilld.files", attributes: .concurrent)
