import GRDB

/// Why the ledger could not be read or written.
public struct LedgerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The ledger's file.
    public var path: String
    /// What SQLite says.
    public var what: String
    public var fix: String
    /// The file is not what was written: a new one must take its place.
    public var isDamage = false

    public var description: String { "The ledger \(path): \(what). \(fix)" }

    /// Turns SQLite's errors into words; others are not the ledger's and pass through.
    static func wrapping<Value>(_ path: String, _ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch let error as DatabaseError { throw LedgerError(path, error) }
    }

    static func wrapping<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as DatabaseError { throw LedgerError(path, error) }
    }

    init(path: String, what: String, fix: String, isDamage: Bool = false) {
        self.path = path
        self.what = what
        self.fix = fix
        self.isDamage = isDamage
    }

    init(_ path: String, _ error: DatabaseError) {
        self.path = path
        isDamage = error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB
        what = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL: fix = "Free space on its disk; the daemon tries again by itself."
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            fix = "Check that it exists and that this user may read and write the state folder."
        case .SQLITE_READONLY: fix = "Give the daemon's user write permission to the state folder."
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            fix =
                "It is damaged: stop the daemon, move it away with its -wal and -shm, and start again; jobs in the "
                + "inbox and those already claimed are taken up again."
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            fix = "Another program holds it: only the daemon may write it."
        default: fix = "Look at the disk and the state folder."
        }
    }
}
