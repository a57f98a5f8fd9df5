import ArgumentParser
import Daemon

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show running, queued, waiting and recent jobs.",
        discussion: """
            Works without a running daemon too, and then says so.

            EXAMPLES
              distilld status
              distilld status --line             teacher, epoch 3 of 10, 71.2% right ...
              distilld status --json | jq '.running[].progress'
            """)

    @OptionGroup var config: ConfigOption

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print one short line on what runs just now, or nothing.")
    var line = false

    @Option(help: ArgumentHelp("How many ended jobs to show.", valueName: "count"))
    var history = 10

    func validate() throws {
        guard history >= 0 else { throw ValidationError("--history must be 0 or more.") }
        guard !(json && line) else { throw ValidationError("--json and --line exclude each other.") }
    }

    func run() async throws {
        let report = try await config.client().status(history: history)
        if json {
            print(try report.json)
        } else if line {
            let text = StatusText.line(report)
            if !text.isEmpty { print(text) }
        } else {
            print(StatusText.render(report), terminator: "")
        }
    }
}
