import Foundation
import GRDB

/// A thing in the inbox that is no job yet, and why.
public struct InboxNote: Codable, Sendable, Equatable {
    public enum Kind: String, Codable, Sendable {
        /// A manifest that waits, for its dataset or for a copy to end.
        case waiting
        /// A dataset that lies there for manifests to name.
        case dataset
        /// Something the daemon makes nothing of.
        case ignored
    }

    /// Relative to the inbox.
    public var path: String
    public var kind: Kind
    /// `waiting for cifar10.zip`
    public var reason: String

    public init(path: String, kind: Kind, reason: String) {
        self.path = path
        self.kind = kind
        self.reason = reason
    }
}

extension InboxNote: FetchableRecord, PersistableRecord {
    public static let databaseTableName = "note"
}
