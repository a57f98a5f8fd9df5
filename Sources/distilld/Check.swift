import ArgumentParser
import Foundation
import Manifests
import Worker

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a manifest without running it.",
        discussion: """
            Prints every mistake with its line and column, or the manifest with all defaults filled in and what the \
            job will take on this machine. Exits with 65 when the manifest or its dataset cannot be used.

              distilld check cifar.job.yaml
              distilld check --quick cifar.job.yaml     # the manifest only, without its dataset
              distilld check --json cifar.job.yaml | jq .estimate.seconds
            """)

    @Argument(help: "The manifest.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Flag(help: "Do not look at the dataset, and estimate nothing.")
    var quick = false

    @Flag(help: "Print JSON: what is wrong, or the settings and what they cost.")
    var json = false

    @Option(help: "Threads the estimate is for (default: all cores).")
    var threads: Int?

    /// The manifest is well, and what it names is not.
    struct Unusable: Error, CustomStringConvertible {
        var description: String
    }

    func run() throws {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let check = ManifestCheck(path: file, quick: quick, threads: threads ?? cores)
        guard !json else {
            let (text, isUsable) = check.json()
            print(text)
            guard isUsable else { throw ExitCode(EX_DATAERR) }
            return
        }
        do {
            try check.run { print($0) }
        } catch let failure as JobFailure {
            throw Unusable(description: "\(failure)")
        }
    }
}
