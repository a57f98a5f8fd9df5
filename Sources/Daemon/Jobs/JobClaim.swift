import Foundation
import Ledger

/// Takes a job's files out of the inbox. Every step can be repeated after a crash.
///
/// The claim is one rename. Where inbox and state lie on different file systems the rename goes to a hidden folder
/// beside the file, so that from that instant nobody else can take it, and the copying comes after it.
struct JobClaim {
    let record: JobRecord
    let folder: JobFolder
    let faults: Faults

    private var name: String { Path.name(of: record.sourcePath) }
    private var target: String { Path.join(folder.input, name) }
    private var aside: String {
        Path.join(Path.folder(of: record.sourcePath), DaemonNames.claiming(record.id))
    }

    /// Whether the files are out of the inbox, though perhaps not yet in the job's folder.
    func isBegun() throws -> Bool {
        if try folder.claimed() != nil { return true }
        return try FileStatus.exists(Path.join(aside, name))
    }

    /// - Returns: where the files are now; nil: there was nothing to claim.
    func run() throws -> String? {
        try Folder.create(folder.input, mode: 0o700)
        try Folder.sync(Path.folder(of: folder.root))
        try FileBytes.write(JobRow.encode(record), to: folder.record)
        try faults(.madeJobFolder, record.id)
        let setAside = Path.join(aside, name)
        if try FileStatus.exists(setAside) {
            try finishCopy(of: setAside)
        } else if try !FileStatus.exists(target) {
            guard try FileStatus.exists(record.sourcePath) else { return nil }
            do {
                if try !Move.rename(record.sourcePath, to: target) { try copyAcross(setAside) }
            } catch let error as FileError where error.code == ENOENT {
                return nil
            }
        }
        try Folder.removeIfEmpty(aside)
        // The folder in which an earlier try had left its input.
        if record.retryOf != nil { try Folder.removeIfEmpty(Path.folder(of: record.sourcePath)) }
        try faults(.claimed, record.id)
        return target
    }

    private func copyAcross(_ setAside: String) throws {
        try Folder.create(aside, mode: 0o700)
        guard try Move.rename(record.sourcePath, to: setAside) else {
            throw FileError("set aside", record.sourcePath, EXDEV)
        }
        try faults(.setAside, record.id)
        try finishCopy(of: setAside)
    }

    private func finishCopy(of setAside: String) throws {
        try Move.move(setAside, to: target)
        try Folder.removeIfEmpty(aside)
    }
}

/// A row of the ledger as a file, from which it can be restored.
enum JobRow {
    static func encode(_ record: JobRecord) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return try encoder.encode(record)
    }

    /// nil where there is no file, or none that can be read.
    static func read(_ folder: JobFolder) throws -> JobRecord? {
        guard let bytes = try FileBytes.read(folder.record) else { return nil }
        do { return try JSONDecoder().decode(JobRecord.self, from: Data(bytes)) } catch is DecodingError { return nil }
    }
}
