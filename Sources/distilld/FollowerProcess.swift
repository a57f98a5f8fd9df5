import ArgumentParser
import Daemon

struct FollowerProcess: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow",
        abstract: "Run one job for the daemon on a cluster.",
        discussion: """
            Submits `distilld worker` to Slurm, or goes on following what an earlier process has submitted. Events and \
            exit codes are the worker's.
            """,
        shouldDisplay: false)

    @Option(help: "The order that the daemon has written.", completion: .file(extensions: ["json"]))
    var order: String

    func run() throws {
        let code = try ClusterFollower(orderPath: order).run()
        if code != 0 { throw ExitCode(code) }
    }
}
