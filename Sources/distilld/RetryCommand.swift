import ArgumentParser
import Daemon

struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Run a failed or cancelled job again.",
        discussion: """
            Takes the input that was kept, as it is now (a manifest in Inbox/.failed/ may be corrected first), and runs \
            it under a new identifier.

            EXAMPLES
              distilld retry cifar-tiny
              distilld retry cifar-tiny-20261124-105312
            """)

    @OptionGroup var config: ConfigOption

    @Argument(help: "A job's identifier, the beginning of it, or its name.")
    var job: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        print(try Answer(message: await config.client().retry(job)).text(json: json))
    }
}
