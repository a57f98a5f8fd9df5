import ArgumentParser
import Daemon
import Foundation

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print a job's log.",
        discussion: """
            EXAMPLES
              distilld logs cifar-tiny                    the latest job of this name
              distilld logs --follow cifar-tiny-20261124  until the job has ended
              distilld logs --json cifar-tiny | jq -r .line
            """)

    @OptionGroup var config: ConfigOption

    @Flag(name: .shortAndLong, help: "Go on until the job has ended.")
    var follow = false

    @Flag(help: "Print JSON, an object a line.")
    var json = false

    @Argument(help: "A job's identifier, the beginning of it, or its name.")
    var job: String

    func run() async throws {
        var lines = LogLines()
        try await config.client().log(of: job).read(follow: follow) { bytes in
            try FileHandle.standardOutput.write(contentsOf: json ? lines.json(of: bytes) : bytes)
        }
        if json { try FileHandle.standardOutput.write(contentsOf: lines.rest()) }
    }
}
