import Foundation
import Manifests
import Reporting

/// `distilld run`: one job in the foreground, without a daemon.
public struct RunCommand {
    private let manifest, output: String
    private let threads: Int
    private let json: Bool

    /// What `--json` prints at the end.
    private struct Result: Encodable {
        /// `finished`, `failed` or `stopped`.
        var state, jobID: String
        /// The job's folder; `nil`: it was stopped, and has none yet.
        var folder: String?
        var headline: Headline?
        var failure: JobFailure?
    }

    /// - Parameter output: gets the job's folder, and while the job runs a hidden one with its checkpoints.
    public init(manifest: String, output: String, threads: Int, json: Bool = false) {
        self.manifest = manifest
        self.output = output
        self.threads = threads
        self.json = json
    }

    /// Prints progress to standard error and the result through `print`. Stopped by Ctrl-C, the same command goes on
    /// where it was.
    ///
    /// - Returns: the exit code: 0 finished, 1 failed, 75 stopped.
    public func run(print: (String) -> Void) throws -> Int32 {
        let file = URL(fileURLWithPath: manifest).standardizedFileURL
        let parsed = try ManifestParser.read(path: file.path, displayName: manifest, followSymlinks: true)
        let folder = URL(fileURLWithPath: output, isDirectory: true).standardizedFileURL
        let work = folder.appendingPathComponent(".run-\(parsed.spec.name)", isDirectory: true)
        let staging = work.appendingPathComponent("staging", isDirectory: true)
        try FileManager.default.createDirectory(at: staging, withIntermediateDirectories: true)
        let identifier = JobIdentifier.make(name: parsed.spec.name, at: Date()) { candidate in
            FileManager.default.fileExists(atPath: folder.appendingPathComponent(candidate).path)
        }
        let order = WorkOrder(
            jobID: identifier, manifestPath: file.path, manifestName: manifest,
            datasetPath: DatasetLocation.path(of: parsed.spec.dataset, manifest: file.path),
            files: DatasetLocation.files(of: parsed.spec, manifest: file.path),
            stagingDirectory: staging.path, checkpointDirectory: work.appendingPathComponent("checkpoints").path,
            cacheDirectory: folder.appendingPathComponent(".cache").path, threads: threads,
            earlierJobs: PreviousReports.folders(in: folder.path))
        let bar = ProgressLine()
        StopSignal.listen()
        let outcome = JobRun(order: order, emit: bar.show, shouldStop: { StopSignal.isAsked }).run()
        bar.close()
        if case .suspended = outcome {
            if json {
                print(JSONText.page(Result(state: "stopped", jobID: identifier)))
                return outcome.exitCode
            }
            print("stopped; the same command goes on from here")
            return outcome.exitCode
        }
        let published = folder.appendingPathComponent(identifier)
        try FileManager.default.moveItem(at: staging, to: published)
        try FileManager.default.removeItem(at: work)
        let report = published.appendingPathComponent("report.html").path
        if json {
            var result = Result(state: "failed", jobID: identifier, folder: published.path)
            switch outcome {
            case .finished(let headline): (result.state, result.headline) = ("finished", headline)
            case .failed(let failure): result.failure = failure
            case .suspended, .awaitsTrials, .trialDone: break
            }
            print(JSONText.page(result))
            return outcome.exitCode
        }
        switch outcome {
        case .finished(let headline): print("\(headline.verdict)\nreport: \(report)")
        case .failed(var failure):
            failure.details.append("report: \(report)")
            throw failure
        case .suspended, .awaitsTrials, .trialDone: break
        }
        return outcome.exitCode
    }
}
