import ArgumentParser
import Foundation
import Worker

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run one job in the foreground, without the daemon.",
        discussion: """
            Shows progress and leaves the job's folder under --out. Ctrl-C stops at a checkpoint; the same command \
            then goes on where it was. Exits with 1 when the job fails, with 75 when it was stopped.

              distilld run cifar.job.yaml
              distilld run --out results --threads 4 cifar.job.yaml
              distilld run --json cifar.job.yaml | jq -r .folder
            """)

    @Argument(help: "The manifest; its dataset lies beside it.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(help: "The folder that gets the job's folder.", completion: .directory)
    var out = "."

    @Option(help: "Threads (default: all cores). They change the time it takes, not the result.")
    var threads: Int?

    @Flag(help: "Print JSON at the end; progress goes to standard error as ever.")
    var json = false

    func run() throws {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let code = try RunCommand(manifest: file, output: out, threads: threads ?? cores, json: json).run { print($0) }
        if code != 0 { throw ExitCode(code) }
    }
}
