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
              distilld status --json | jq '.running[].progress'
            """)

    @OptionGroup var config: ConfigOption

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: ArgumentHelp("How many ended jobs to show.", valueName: "count"))
    var history = 10

    func validate() throws {
        guard history >= 0 else { throw ValidationError("--history must be 0 or more.") }
    }

    func run() async throws {
        let report = try await config.client().status(history: history)
        print(json ? try report.json : StatusText.render(report), terminator: json ? "\n" : "")
    }
}
