import GRDB

/// The ledger's schema, as the list of its changes. A change that has shipped is never edited: add another.
enum LedgerMigrations {
    static let all: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("jobs, progress and notes") { database in
            try database.create(table: "job") { table in
                table.autoIncrementedPrimaryKey("sequence")
                table.column("id", .text).notNull().unique()
                table.column("name", .text).notNull()
                table.column("state", .text).notNull().check(sql: "state IN (\(stateList))")
                table.column("priority", .integer).notNull()
                table.column("createdAt", .datetime).notNull()
                table.column("startedAt", .datetime)
                table.column("finishedAt", .datetime)
                table.column("manifestName", .text).notNull()
                table.column("datasetName", .text).notNull()
                table.column("source", .text).notNull()
                table.column("sourcePath", .text).notNull()
                table.column("fingerprint", .text).notNull()
                table.column("isClaimed", .boolean).notNull()
                table.column("hold", .text)
                table.column("note", .text)
                table.column("isUrgent", .boolean).notNull()
                table.column("isCancelRequested", .boolean).notNull()
                table.column("crashes", .integer).notNull()
                table.column("highWater", .integer).notNull()
                table.column("workerPID", .integer)
                table.column("summary", .text)
                table.column("outcome", .text)
                table.column("keptInput", .text)
                table.column("retryOf", .text)
            }
            // The next job is found without a look at the finished ones, however many there are.
            try database.execute(
                sql: """
                    CREATE INDEX jobByTurn ON job (isUrgent DESC, priority DESC, sequence) WHERE state = 'queued';
                    CREATE INDEX jobByState ON job (state, finishedAt);
                    CREATE INDEX jobByName ON job (name);
                    CREATE INDEX jobByDataset ON job (datasetName, source);
                    CREATE UNIQUE INDEX unclaimedSource ON job (sourcePath)
                        WHERE isClaimed = 0 AND state IN ('queued', 'running');
                    """)
            try database.create(table: "progress") { table in
                table.primaryKey("jobID", .text).references("job", column: "id", onDelete: .cascade)
                table.column("updatedAt", .datetime).notNull()
                table.column("stage", .text)
                table.column("stageStartedAt", .datetime)
                table.column("done", .integer).notNull()
                table.column("total", .integer).notNull()
                table.column("epoch", .integer)
                table.column("epochs", .integer)
                table.column("accuracy", .double)
                table.column("imagesPerSecond", .double)
                table.column("epochSeconds", .double)
            }
            try database.create(table: "note") { table in
                table.primaryKey("path", .text)
                table.column("kind", .text).notNull()
                table.column("reason", .text).notNull()
            }
        }
        return migrator
    }()

    private static let stateList = JobState.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
}
