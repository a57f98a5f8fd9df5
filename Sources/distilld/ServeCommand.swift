import ArgumentParser
import Daemon
import StatusServer

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the daemon.",
        discussion: """
            Watches the inbox, runs a job for each manifest, and puts results into the outbox. Missing folders are \
            created. The status page is at http://127.0.0.1:8765 unless the configuration says otherwise. SIGTERM and \
            SIGINT stop it: running jobs write a checkpoint and go on at the next start. SIGHUP reads the \
            configuration again; folders, log and the page's address keep theirs until the next start.

            EXAMPLES
              distilld serve
              distilld serve --config /etc/distilld/distilld.yaml
              distilld serve --no-http
            """)

    @OptionGroup var config: ConfigOption

    @Flag(name: .customLong("no-http"), help: "Do not serve the status page.")
    var noHTTP = false

    func run() async throws {
        let (option, isWithoutPage) = (config, noHTTP)
        let served = try option.read()
        try await DaemonProgram.serve { logger in
            served.http.enabled && !isWithoutPage
                ? [StatusPage(config: served, version: Distilld.version, logger: logger)] : []
        } _: {
            try option.read()
        }
    }
}
