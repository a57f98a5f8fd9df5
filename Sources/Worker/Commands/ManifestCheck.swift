import Datasets
import Foundation
import Manifests

/// `distilld check`: a manifest's mistakes, or the job as it would run with its cost.
public struct ManifestCheck {
    private let path: String
    private let quick: Bool
    private let threads: Int

    /// - Parameter quick: leaves the dataset alone.
    public init(path: String, quick: Bool, threads: Int) {
        self.path = path
        self.quick = quick
        self.threads = threads
    }

    /// - Throws: `ManifestProblems` or `JobFailure`.
    public func run(print: (String) -> Void) throws {
        let parsed = try ManifestParser.read(path: path, displayName: path, followSymlinks: true)
        var spec = parsed.spec
        for warning in parsed.warnings { print("# warning: \(warning)") }
        guard !quick else {
            print(JobSpecWriter.yaml(spec))
            return
        }
        let (survey, estimate) = try look(at: &spec)
        print(JobSpecWriter.yaml(spec))
        for line in describe(survey) + describe(estimate, spec) { print("# \(line)") }
    }

    /// Looks at the dataset, and fills in what the manifest leaves to it.
    private func look(at spec: inout JobSpec) throws -> (DatasetSurvey, JobEstimate) {
        let dataset = DatasetLocation.path(of: spec.dataset, manifest: path)
        let request = DatasetRequest(
            path: dataset, input: spec.input, split: spec.split, maxCorrupt: spec.maxCorrupt, seed: spec.seed,
            cacheDirectory: FileManager.default.temporaryDirectory.path)
        let survey: DatasetSurvey
        let bar = ProgressLine()
        defer { bar.close() }
        do { survey = try DatasetReader.survey(request, progress: bar.show) } catch { throw error.failure }
        spec.input.width = survey.width
        spec.input.height = survey.height
        spec.input.channels = survey.channels == 1 ? .gray : .rgb
        let estimate = try JobEstimate(
            spec: spec, survey: survey,
            files: DatasetLocation.files(of: spec, manifest: path), threads: threads)
        return (survey, estimate)
    }

    /// The same for programs.
    /// - Returns: a JSON object, and whether the manifest and its dataset can be used.
    public func json() -> (text: String, isUsable: Bool) {
        var result = CheckResult()
        do {
            let parsed = try ManifestParser.read(path: path, displayName: path, followSymlinks: true)
            var spec = parsed.spec
            result.warnings = parsed.warnings.map(CheckResult.Problem.init)
            if !quick {
                let (survey, estimate) = try look(at: &spec)
                result.dataset = CheckResult.Dataset(survey)
                result.estimate = CheckResult.Estimate(estimate, threads: threads)
            }
            result.settings = Dictionary(uniqueKeysWithValues: spec.settings.map { ($0.key, $0.value) })
            result.isUsable = true
        } catch let problems as ManifestProblems {
            result.problems = problems.problems.map(CheckResult.Problem.init)
        } catch {
            result.failure = error as? JobFailure ?? JobFailure(code: "check.failed", what: "\(error)", fix: "")
        }
        return (JSONText.page(result), result.isUsable)
    }

    private func describe(_ survey: DatasetSurvey) -> [String] {
        [
            "dataset: \(survey.layout); \(survey.images) images"
                + (survey.isWithoutLabels ? ": " : " in \(survey.classes.count) classes: ")
                + "\(survey.train) train, \(survey.evaluation) evaluation, \(survey.test) test"
                + (survey.unlabelled == 0 ? "" : ", \(survey.unlabelled) unlabelled")
        ] + survey.notes
    }

    private func describe(_ estimate: JobEstimate, _ spec: JobSpec) -> [String] {
        let stages = estimate.seconds.map { "\($0.stage.rawValue) \(Self.duration($0.seconds))" }.joined(
            separator: ", ")
        let mebibyte = 1_048_576.0
        return [
            "teacher \(estimate.teacher.name): \(estimate.teacher.parameters) parameters, "
                + "\(estimate.teacher.multiplyAccumulates) multiply-accumulates an image",
            "student \(spec.student.model): \(estimate.student.parameterCount) parameters, "
                + "\(estimate.student.multiplyAccumulates) multiply-accumulates an image",
            "time on this machine with \(threads) threads: about \(Self.duration(estimate.totalSeconds)) (\(stages))",
            String(
                format: "memory: about %.0f MiB at most; %.0f MiB of decoded images on disk",
                Double(estimate.memoryBytes) / mebibyte, Double(estimate.imageBytes) / mebibyte),
        ]
    }

    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(max(whole, 1)) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}

/// Where a manifest's dataset lies.
public enum DatasetLocation {
    /// `dataset` as written in the manifest at `manifest`: absolute, or beside it. Archives named without their folder
    /// are found there too.
    public static func path(of dataset: String, manifest: String) -> String {
        if dataset.hasPrefix("/") { return dataset }
        let folder = URL(fileURLWithPath: manifest).deletingLastPathComponent()
        return folder.appendingPathComponent(dataset).standardizedFileURL.path
    }

    /// Where the files of teachers lie, by their paths as written.
    public static func files(of spec: JobSpec, manifest: String) -> [String: String] {
        Dictionary(
            spec.namedFiles.map { ($0.path, path(of: $0.path, manifest: manifest)) }, uniquingKeysWith: { $1 })
    }
}
