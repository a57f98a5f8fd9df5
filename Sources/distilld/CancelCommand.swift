import ArgumentParser
import Daemon

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "End a queued or running job.",
        discussion: """
            Nothing of it is published; its input is kept, and `distilld retry` starts it anew. The same without this \
            program: remove the manifest from the inbox before the start, or drop a file NAME.cancel there.

            EXAMPLES
              distilld cancel cifar-tiny
              distilld cancel cifar-tiny-20261124-105312
            """)

    @OptionGroup var config: ConfigOption

    @Argument(help: "A job's identifier, the beginning of it, or its name.")
    var job: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        print(try Answer(message: await config.client().cancel(job)).text(json: json))
    }
}
