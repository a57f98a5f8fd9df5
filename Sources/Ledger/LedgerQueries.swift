import GRDB

/// Queries that the daemon and read-only programs share.
enum LedgerQueries {
    static func job(_ id: String, in database: Database) throws -> JobRecord? {
        try JobRecord.filter(JobRecord.Column.id == id).fetchOne(database)
    }

    /// In order of arrival.
    static func jobs(in states: [JobState], of database: Database) throws -> [JobRecord] {
        try JobRecord.filter(states.map(\.rawValue).contains(JobRecord.Column.state))
            .order(JobRecord.Column.sequence).fetchAll(database)
    }
}
