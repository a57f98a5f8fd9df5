import Foundation
import Manifests

/// One batch job of a job: the worker itself, or an array of its trials. Its folder, which the nodes share:
///
///     parts       how many trials; 0: the worker itself, which is part 0
///     script      what the nodes run
///     number      the batch job's, once it has been submitted
///     start-N     which start of a part may write
///     out-N       a part's events
///     err-N       a part's standard error
///     end-N       a part's exit code, once it has ended
///     slurm       what Slurm itself had to say
///     relayed     how far out-0 and err-0 were passed on
///     over        nothing more is expected of it
struct Submission {
    let folder: JobFolder
    let number: Int

    var root: String { Path.join(folder.cluster, "\(number)") }

    /// Of this job of this daemon alone, so that its batch job can be found where the number was not written down.
    var name: String {
        let readable = folder.id.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" }
        return "distilld-\(String(readable))-\(Fingerprint.hash(Array(folder.root.utf8CString)))-\(number)"
    }

    // MARK: Which there are

    /// The latest; nil: there is none.
    static func latest(of folder: JobFolder) throws -> Submission? {
        guard try FileStatus.exists(folder.cluster) else { return nil }
        let numbers = try Folder.names(of: folder.cluster).compactMap(Int.init)
        return numbers.max().map { Submission(folder: folder, number: $0) }
    }

    /// - Parameter trials: 0: the worker itself.
    static func make(in folder: JobFolder, number: Int, trials: Int, _ plan: ClusterPlan) throws -> Submission {
        let new = Submission(folder: folder, number: number)
        try Folder.create(new.root)
        try FileBytes.write(BatchScript(new, plan, isArray: trials > 0).text.utf8, to: new.path("script"))
        try FileBytes.write("\(trials)\n".utf8, to: new.path("parts"))
        return new
    }

    /// nil: it was made only in part.
    var trials: Int? { get throws { try number(in: "parts") } }
    var job: String? { get throws { try number(in: "number").map { "\($0)" } } }
    var isOver: Bool { get throws { try FileStatus.exists(path("over")) } }

    func parts() throws -> [Int] {
        let trials = try trials ?? 0
        return trials == 0 ? [0] : Array(1...trials)
    }

    // MARK: Its files

    func path(_ name: String) -> String { Path.join(root, name) }
    func output(_ part: Int) -> String { path("out-\(part)") }
    func errors(_ part: Int) -> String { path("err-\(part)") }

    /// nil: it has not ended, or not by itself.
    func exitCode(_ part: Int) throws -> Int32? { try number(in: "end-\(part)").map { Int32(clamping: $0) } }

    func setOver() throws { try FileBytes.write([], to: path("over")) }

    func setJob(_ number: String) throws { try FileBytes.write("\(number)\n".utf8, to: path("number")) }

    private func number(in name: String) throws -> Int? {
        try FileBytes.read(path(name), last: 64)
            .flatMap { Int(String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
}
