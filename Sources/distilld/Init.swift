import ArgumentParser
import Foundation
import Manifests
import Worker

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at a dataset and write a first manifest for it.",
        discussion: """
            Writes NAME.job.yaml beside the dataset, with the keys that people change and why they have their values. \
            A manifest in the inbox of a running daemon starts the job: prepare both elsewhere if you want to edit it \
            first.

              distilld init photos/screws
              distilld init screws.zip --output first.job.yaml
              distilld init screws.zip --output -      # print it only
            """)

    @Argument(help: "A folder or archive of images.", completion: .file())
    var dataset: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The manifest to write; - prints it.", valueName: "file"))
    var output: String?

    @Option(help: "Threads the estimate is for (default: all cores).")
    var threads: Int?

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        do {
            try InitCommand(dataset: dataset, output: output, threads: threads ?? cores, json: json).run { print($0) }
        } catch let failure as JobFailure where failure.code.hasPrefix("dataset.") || failure.code.hasPrefix("archive.")
        {
            throw Check.Unusable(description: "\(failure)")
        }
    }
}
