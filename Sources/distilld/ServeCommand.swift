import ArgumentParser
import Daemon

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the daemon.",
        discussion: """
            Watches the inbox, runs a job for each manifest, and puts results into the outbox. Missing folders are \
            created. SIGTERM and SIGINT stop it: running jobs write a checkpoint and go on at the next start. SIGHUP \
            reads the configuration again; folders and log keep theirs until the next start.

            EXAMPLES
              distilld serve
              distilld serve --config /etc/distilld/distilld.yaml
            """)

    @OptionGroup var config: ConfigOption

    func run() async throws {
        let config = config
        try await DaemonProgram.serve { try config.read() }
    }
}
