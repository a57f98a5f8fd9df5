import ArgumentParser
import Daemon
import Manifests

/// `--config`, shared by the subcommands that talk to a daemon.
struct ConfigOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The daemon's configuration.",
            discussion: "Without it: $DISTILLD_CONFIG, else Etc/distilld.yaml, else /etc/distilld/distilld.yaml.",
            valueName: "file"))
    var config: String?

    func read() throws -> DaemonConfig { try ConfigLocation.read(option: config) }

    func client() throws -> ControlClient { ControlClient(config: try read()) }
}
