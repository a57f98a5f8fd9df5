import Foundation
import Ledger
import Manifests
import Synchronization

/// A job that can run, as far as can be told without opening its dataset.
struct JobPlan: Sendable, Equatable {
    var spec: JobSpec
    var warnings: [ManifestProblem]
    /// nil: the job has no manifest, and its defaults are `spec`.
    var manifestPath: String?
    var datasetPath: String
    /// Where the files of teachers lie, by their paths as written.
    var files: [String: String] = [:]
}

/// What is to be said of a candidate just now.
struct Inspection: Sendable {
    enum Conclusion: Sendable {
        case plan(JobPlan)
        /// It will fail: start it, so that its failure is published.
        case refused(JobFailure)
        /// Something is missing or still being written.
        case waiting(String)
        /// It is no job any more.
        case gone
    }

    var conclusion: Conclusion
    /// The manifest as the user knows it.
    var manifestName: String
    /// Where the manifest can be read; else made from its name.
    var jobName: String
    var datasetName: String
    /// Of the manifest's file alone: cheap to compare.
    var manifestFingerprint: String
    /// Of manifest and data: equal as long as nothing changes.
    var fingerprint: String
}

/// Looks at candidates: reads the manifest, finds the dataset, and surveys what would be taken.
struct JobInspector: Sendable {
    let config: DaemonConfig
    /// Called during long surveys.
    let beat: @Sendable () -> Void
    private let cache = ManifestCache()

    init(config: DaemonConfig, beat: @escaping @Sendable () -> Void = {}) {
        self.config = config
        self.beat = beat
    }

    /// Surveys made in one look at the inbox, so that a dataset shared by many jobs is walked once.
    final class Surveys: Sendable {
        private let known = Mutex<[PathKey: TreeSurvey]>([:])

        fileprivate func survey(_ path: String, _ make: () throws -> TreeSurvey) rethrows -> TreeSurvey {
            let key = PathKey(path)
            if let survey = known.withLock({ $0[key] }) { return survey }
            let survey = try make()
            known.withLock { $0[key] = survey }
            return survey
        }
    }

    /// The file whose change means that a queued job must be inspected again.
    func manifestFingerprint(of candidate: Candidate) throws -> String? {
        guard let path = try manifestPath(of: candidate).first, let status = try FileStatus.of(path) else { return nil }
        return Fingerprint(path, status).text
    }

    /// - Parameter manifestName: as the user knows it; nil: made from the candidate's path.
    func inspect(_ candidate: Candidate, manifestName: String? = nil, surveys: Surveys = Surveys()) -> Inspection {
        var inspection = Inspection(
            conclusion: .gone, manifestName: manifestName ?? shownName(candidate.path),
            jobName: JobName.sanitized(JobName.stem(ofFile: candidate.path)), datasetName: "",
            manifestFingerprint: "", fingerprint: "")
        do {
            inspection.conclusion = try conclude(candidate, manifestName, &inspection, surveys)
        } catch let error as FileError {
            inspection.conclusion = Self.conclusion(from: error)
        } catch let error as TreeSurvey.TooMany {
            inspection.conclusion = .refused(Self.tooMany(error, inspection))
        } catch let error as TreeSurvey.TooDeep {
            inspection.conclusion = .refused(tooDeep(error, inspection))
        } catch {
            preconditionFailure("inspection throws errors of files and surveys only, not \(error)")
        }
        return inspection
    }

    private func conclude(
        _ candidate: Candidate, _ manifestName: String?, _ inspection: inout Inspection, _ surveys: Surveys
    ) throws -> Inspection.Conclusion {
        guard let own = try FileStatus.of(candidate.path) else { return .gone }
        let manifests = try manifestPath(of: candidate)
        guard let manifest = manifests.first, let status = try FileStatus.of(manifest) else { return .gone }
        inspection.manifestFingerprint = Fingerprint(manifest, status).text
        inspection.fingerprint = inspection.manifestFingerprint
        if manifestName == nil { inspection.manifestName = shownName(manifest) }

        // A folder changes its place only with permission to write into it: its `..` is rewritten.
        if own.kind == .folder, access(candidate.path, W_OK) != 0 {
            return .waiting(Self.hint(toMove: candidate.path))
        }
        if candidate.source == .folder {
            if let early = try survey(candidate.path, &inspection, surveys) { return early }
        }
        if manifests.count > 1 {
            return .refused(Self.ambiguous(manifests.map(Path.name(of:)), candidate.path))
        }
        var plan: JobPlan
        switch try read(manifest, status, candidate, inspection.manifestName) {
        case .success(let read): plan = read
        case .failure(let conclusion): return conclusion.value
        }
        inspection.jobName = plan.spec.name
        inspection.datasetName = plan.spec.dataset
        let folder = candidate.source == .folder ? candidate.path : nil
        let locator = DatasetLocator(config: config)
        if candidate.source != .dataset {
            switch try locator.locate(plan.spec, besideManifestIn: folder, manifest: inspection.manifestName) {
            case .refused(let failure): return .refused(failure)
            case .absent: return .waiting(try reasonForAbsence(plan.spec.dataset))
            case .found(let path): plan.datasetPath = path
            }
        }
        for file in plan.spec.namedFiles {
            switch try locator.locate(
                file, of: plan.spec, besideManifestIn: folder, manifest: inspection.manifestName)
            {
            case .refused(let failure): return .refused(failure)
            case .absent: return .waiting(try reasonForAbsence(file.path))
            case .found(let path): plan.files[file.path] = path
            }
        }
        for path in [plan.datasetPath] + Set(plan.files.values).sorted() {
            if let folder, Path.contains(folder, path) { continue }
            if let name = try unfinishedVariant(of: path) {
                return .waiting("waiting for \(shownName(path)): \(name) is still being written")
            }
            if let early = try survey(path, &inspection, surveys) { return early }
        }
        return .plan(plan)
    }

    /// Adds the tree's fingerprint; returns why it cannot be taken.
    private func survey(
        _ path: String, _ inspection: inout Inspection, _ surveys: Surveys
    ) throws -> Inspection.Conclusion? {
        let survey = try surveys.survey(path) {
            try TreeSurvey(of: path, below: roots, limit: config.limits.datasetEntries, beat: beat)
        }
        inspection.fingerprint += "." + survey.fingerprint.text
        if let unfinished = survey.unfinished {
            return .waiting("\(shownName(unfinished)) is still being written; remove it if it is left over")
        }
        guard let first = survey.refusals.first else { return nil }
        var failure = DatasetLocator.refusal(
            shownName(first.path), first.kind, manifest: inspection.manifestName)
        failure.details = survey.refusals.map { "\(shownName($0.path)): \($0.kind)" }
        return .refused(failure)
    }

    /// What is looked at lies in one of these; see `InputFile.open`.
    private var roots: [String] { [config.inbox, config.state] + DatasetLocator(config: config).roots }

    private struct Stop: Error { var value: Inspection.Conclusion }

    private func read(
        _ manifest: String, _ status: FileStatus, _ candidate: Candidate, _ name: String
    ) throws -> Result<JobPlan, Stop> {
        if candidate.source == .dataset {
            let dataset = Path.name(of: candidate.path)
            let spec = JobSpec(name: JobName.sanitized(Self.stem(ofDataset: dataset)), dataset: dataset)
            return .success(JobPlan(spec: spec, warnings: [], manifestPath: nil, datasetPath: candidate.path))
        }
        if status.kind == .file, access(manifest, R_OK) != 0 { throw FileError("read", manifest) }
        // A folder's name says more than `job.yaml` in it.
        let isNameless = Path.name(of: manifest).hasPrefix("job.y")
        let defaultName = isNameless && candidate.source == .folder ? Path.name(of: candidate.path) : nil
        switch cache.parse(
            manifest, status, name: name, defaultName: defaultName, limits: config.limits, below: roots)
        {
        case .failure(let problems): return .failure(Stop(value: .refused(problems.failure)))
        case .success(let parsed):
            return .success(
                JobPlan(spec: parsed.spec, warnings: parsed.warnings, manifestPath: manifest, datasetPath: ""))
        }
    }

    /// A dataset without a manifest stands for its own.
    private func manifestPath(of candidate: Candidate) throws -> [String] {
        guard candidate.source == .folder else { return [candidate.path] }
        return try Folder.names(of: candidate.path, isDropped: true).filter(DroppedName.isManifest).map {
            Path.join(candidate.path, $0)
        }
    }

    private func reasonForAbsence(_ dataset: String) throws -> String {
        let path = dataset.hasPrefix("/") ? dataset : Path.join(config.inbox, dataset)
        guard let name = try unfinishedVariant(of: path) else { return "waiting for \(dataset.shown)" }
        return "waiting for \(dataset.shown): \(name) is still being written"
    }

    private func unfinishedVariant(of path: String) throws -> String? {
        let folder = Path.folder(of: path)
        return try UnfinishedName.variants(of: Path.name(of: path)).first {
            try FileStatus.exists(Path.join(folder, $0))
        }
    }

    private func shownName(_ path: String) -> String {
        (Path.relative(path, to: config.inbox) ?? Path.name(of: path)).shown
    }

    private static func stem(ofDataset name: String) -> String {
        guard DroppedName.isArchive(name), let dot = name.firstIndex(of: ".") else { return name }
        return String(name[..<dot])
    }
}

extension JobInspector {
    private static func conclusion(from error: FileError) -> Inspection.Conclusion {
        switch error.code {
        // Something vanished between two looks: the next one finds out what.
        case ENOENT, ENOTDIR: .waiting("is changing")
        case EACCES, EPERM: .waiting("\(error). Give the daemon's user permission to read it")
        case ENAMETOOLONG, ELOOP:
            .refused(
                JobFailure(
                    code: "dataset.refused", what: "The daemon \(error).",
                    fix: "Use shorter names or fewer nested folders."))
        default: .waiting("\(error). It is tried again")
        }
    }

    /// What lets the daemon's group write into a folder.
    private static func hint(toMove path: String) -> String {
        var status = stat()
        var commands = "chmod -R g+w '\(path.shown)'"
        if stat(path, &status) == 0, status.st_gid != getegid() {
            let group = getgrgid(getegid()).map { String(cString: $0.pointee.gr_name) } ?? "\(getegid())"
            commands = "chgrp -R \(group) '\(path.shown)' && \(commands)"
        }
        return "the daemon may not move this folder, as it may not write into it: run \(commands)"
    }

    private static func tooMany(_ error: TreeSurvey.TooMany, _ inspection: Inspection) -> JobFailure {
        JobFailure(
            code: "dataset.tooLarge", what: "The dataset has more than \(error.limit) files and folders.",
            location: "\(inspection.manifestName): dataset",
            fix: "Make it smaller, or raise `limits.datasetEntries` in the daemon's configuration.")
    }

    private func tooDeep(_ error: TreeSurvey.TooDeep, _ inspection: Inspection) -> JobFailure {
        let shown = shownName(error.path)
        return JobFailure(
            code: "dataset.tooDeep",
            what: "Folders lie in each other so deep that a path has more than \(error.limit) bytes.",
            location: "\(inspection.manifestName): dataset (\(shown.prefix(80))...)",
            fix: "Give a folder of images; a mount or copy of the folder into itself is the usual reason.")
    }

    private static func ambiguous(_ names: [String], _ folder: String) -> JobFailure {
        JobFailure(
            code: "manifest.ambiguous",
            what:
                "The folder \(Path.name(of: folder).shown) holds \(names.count) manifests, but one folder is one job.",
            location: Path.name(of: folder).shown,
            fix: "Leave one of them, or put the dataset's folder and all manifests side by side into the inbox: then "
                + "each manifest is a job on the same dataset.",
            details: names.map(\.shown))
    }
}

/// Parsed manifests, kept until their file changes: thousands may wait for a dataset at the same time.
private final class ManifestCache: Sendable {
    private struct Entry {
        var fingerprint: Fingerprint
        var result: Result<ParsedManifest, ManifestProblems>
    }

    private static let most = 20_000
    private let entries = Mutex<[String: Entry]>([:])

    func parse(
        _ path: String, _ status: FileStatus, name: String, defaultName: String?, limits: Limits, below roots: [String]
    ) -> Result<ParsedManifest, ManifestProblems> {
        let fingerprint = Fingerprint(path, status)
        if let known = entries.withLock({ $0[path] }), known.fingerprint == fingerprint { return known.result }
        let result = Result { () throws(ManifestProblems) in
            try ManifestParser.read(
                path: path, displayName: name, defaultName: defaultName, limits: limits, below: roots)
        }
        entries.withLock { entries in
            if entries.count >= Self.most { entries.removeAll() }
            entries[path] = Entry(fingerprint: fingerprint, result: result)
        }
        return result
    }
}
