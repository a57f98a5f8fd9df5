import Datasets
import Foundation
import Manifests

/// `distilld init`: looks at a dataset and writes a first manifest for it.
public struct InitCommand {
    private let dataset: String
    private let output: String?
    private let threads: Int
    private let json: Bool

    /// What `--json` prints.
    private struct Result: Encodable {
        /// The manifest that was written; `nil`: none, as asked.
        var file: String?
        /// Its text.
        var manifest: String
        var dataset: CheckResult.Dataset
        var estimate: CheckResult.Estimate
    }

    /// - Parameters:
    ///   - output: the manifest to write; `nil`: NAME.job.yaml beside the dataset; `-`: printed only.
    ///   - threads: for the estimate of the time.
    public init(dataset: String, output: String?, threads: Int, json: Bool = false) {
        self.dataset = dataset
        self.output = output
        self.threads = threads
        self.json = json
    }

    /// - Throws: `JobFailure` for a dataset that cannot be used, or a file that is there already.
    public func run(print: (String) -> Void) throws {
        let data = URL(fileURLWithPath: dataset).standardizedFileURL
        let name = Self.name(of: data.lastPathComponent)
        let beside = data.deletingLastPathComponent()
        let target =
            output == "-" ? nil : output.map { URL(fileURLWithPath: $0) } ?? beside.appending(path: "\(name).job.yaml")
        if let target, FileManager.default.fileExists(atPath: target.path) { throw exists(target.path) }
        let request = DatasetRequest(
            path: data.path, input: InputSpec(), split: SplitSpec(), maxCorrupt: 1, seed: 1,
            cacheDirectory: FileManager.default.temporaryDirectory.path)
        let survey: DatasetSurvey
        do {
            let bar = ProgressLine()
            defer { bar.close() }
            survey = try DatasetReader.survey(request, progress: bar.show)
        } catch {
            var failure = error.failure
            // There is no manifest yet to be corrected.
            if failure.code == "dataset.unreadable" { failure.fix = "name a folder or an archive of images" }
            throw failure
        }
        // Beside the manifest the dataset goes by its name, so that both can be moved into an inbox together.
        let folder = (target?.standardizedFileURL ?? data).deletingLastPathComponent().path
        let draft = DraftManifest(
            name: name, dataset: folder == beside.path ? data.lastPathComponent : data.path, survey: survey)
        let estimate = try JobEstimate(spec: draft.spec, survey: survey, threads: threads)
        let time =
            "takes about \(ManifestCheck.duration(estimate.totalSeconds)) on this machine with \(threads) threads"
        let yaml = DraftWriter.yaml(draft.spec, remarks: draft.remarks + [time])
        _ = try ManifestParser.parse(Array(yaml.utf8), file: target?.lastPathComponent ?? "\(name).job.yaml")
        let result = Result(
            file: target?.path, manifest: yaml, dataset: CheckResult.Dataset(survey),
            estimate: CheckResult.Estimate(estimate, threads: threads))
        guard let target else {
            print(json ? JSONText.page(result) : yaml)
            return
        }
        do {
            try Data(yaml.utf8).write(to: target, options: .withoutOverwriting)
        } catch let error as CocoaError where error.code == .fileWriteFileExists {
            throw exists(target.path)
        }
        print(json ? JSONText.page(result) : "wrote \(target.path); next: distilld check \(target.path)")
    }

    private func exists(_ path: String) -> JobFailure {
        JobFailure(
            code: "init.exists", what: "the file is there already", location: path,
            fix: "remove it, or name another one with --output")
    }

    /// `cifar10` for `cifar10.tar.gz`.
    static func name(of file: String) -> String {
        let endings = [".tar.gz", ".tar.zst", ".tgz", ".tzst", ".tar", ".zip"]
        let ending = endings.first { file.lowercased().hasSuffix($0) } ?? ""
        return JobName.sanitized(String(file.dropLast(ending.count)))
    }
}
