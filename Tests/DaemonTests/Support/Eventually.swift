import Testing

/// A condition that did not come true.
struct Overdue: Error, CustomStringConvertible {
    var description: String
}

/// Longer than anything takes, also on a machine that does much else.
let patience = Duration.seconds(40)

/// Waits until `condition` holds.
/// - Throws: `Overdue` when it does not within `limit`.
func eventually(
    _ what: String, within limit: Duration = patience, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < end else {
            Issue.record("not within \(limit): \(what)", sourceLocation: sourceLocation)
            throw Overdue(description: what)
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}
