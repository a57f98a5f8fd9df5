import Foundation
import Ledger
import Manifests

/// What there is to read of a job beside its row in the ledger, wherever it lies by now.
public struct JobFiles: Sendable {
    private let job: JobRecord
    private let state: StateLayout
    private let outboxRoot: String

    public init(_ job: JobRecord, config: DaemonConfig) {
        self.job = job
        state = StateLayout(root: config.state)
        outboxRoot = config.outbox
    }

    /// The job's folder in the outbox; nil where it has none, or a user has taken it away.
    public var published: String? {
        guard job.state == .done || job.state == .failed else { return nil }
        let folder = Path.join(outboxRoot, job.id)
        return (try? FileStatus.of(folder))??.kind == .folder ? folder : nil
    }

    /// The epochs that have ended so far, each once, in their order. A worker that goes on from a checkpoint says some
    /// of them again: the later word counts.
    public func epochsSoFar() throws -> [EpochRecord] {
        try EpochMemory.shared.epochs(of: state.job(job.id).events)
    }

    /// The end of the log; nil where there is none.
    public func logTail(bytes limit: Int) throws -> (text: String, isCut: Bool)? {
        for path in LogReader.places(of: job.id, state: state, outbox: outboxRoot) {
            guard let bytes = try FileBytes.read(path, last: limit) else { continue }
            let isCut = bytes.count >= limit
            // From a line's beginning.
            let start = isCut ? bytes.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0 : 0
            return (String(decoding: bytes[start...], as: UTF8.self), isCut)
        }
        return nil
    }

    /// A file of the published folder, as large as `limit` at most.
    public func read(_ name: String, limit: Int = 64 << 20) throws -> [UInt8]? {
        guard let published, let status = try FileStatus.of(Path.join(published, name)), status.kind == .file,
            status.size <= limit
        else { return nil }
        return try FileBytes.read(Path.join(published, name))
    }

    /// A small file that the worker of a job that has not ended left for others to read.
    public func working(_ name: String) throws -> [UInt8]? {
        let path = Path.join(state.job(job.id).checkpoints, name)
        guard let status = try FileStatus.of(path), status.kind == .file, status.size <= Self.workingBytes else {
            return nil
        }
        return try FileBytes.read(path)
    }

    private static let workingBytes = 4 << 20

    public struct Entry: Sendable, Equatable {
        public var name: String
        public var bytes: Int
        public var isFolder: Bool
    }

    /// The published folder's entries, in the order of their names.
    public func entries() throws -> [Entry] {
        guard let published else { return [] }
        return try Folder.entries(of: published).compactMap { entry in
            guard let name = entry.name, entry.status.kind == .file || entry.status.kind == .folder else { return nil }
            return Entry(name: name, bytes: entry.status.size, isFolder: entry.status.kind == .folder)
        }
    }

    /// The absolute path of a published file, links resolved; nil for what is no file of the job's folder.
    public func path(of components: [String]) -> String? {
        guard let published, !components.isEmpty,
            components.allSatisfy({
                !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(UInt8(ascii: "/")) && !$0.utf8.contains(0)
            })
        else { return nil }
        let path = components.reduce(published) { Path.join($0, $1) }
        guard let real = Self.resolved(path), let root = Self.resolved(published), Path.relative(real, to: root) != nil,
            (try? FileStatus.of(real))??.kind == .file
        else { return nil }
        return real
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(validatingCString: real)
    }

    /// The failure of a job that failed.
    public var failure: JobFailure? {
        guard let json = job.outcome, case .failed(let failure) = Outcome.decoded(json) else { return nil }
        return failure
    }

    /// The outcome of a job that is done.
    public var headline: Headline? {
        guard let json = job.outcome, case .finished(let headline) = Outcome.decoded(json) else { return nil }
        return headline
    }
}
