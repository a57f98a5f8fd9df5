/// Where a job is on its way.
///
///     queued ──▶ running ──▶ done | failed | cancelled
///        ▲          │
///        └──────────┘  suspended, crashed and tried again, or the daemon was restarted
public enum JobState: String, Codable, Sendable, CaseIterable {
    /// Waits for its turn. Until it is claimed its files lie in the inbox, where removing them cancels it.
    case queued
    /// Claimed, or being claimed, by a worker's supervisor.
    case running
    /// Published with a student.
    case done
    /// Published with `error.json`.
    case failed
    /// Ended by the user; not published.
    case cancelled

    /// Nothing happens to the job any more.
    public var isFinal: Bool { self == .done || self == .failed || self == .cancelled }
}

/// What was dropped for a job, and is claimed as one.
public enum JobSource: String, Codable, Sendable, CaseIterable {
    /// A manifest file; the dataset stays where it is.
    case manifest
    /// A folder that holds the manifest.
    case folder
    /// A dataset without a manifest, for which the configuration wants a job of defaults.
    case dataset
}
