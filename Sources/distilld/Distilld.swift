import ArgumentParser
import Foundation

/// The program: a list of subcommands, each in a file of its own and a shell around the libraries.
@main
struct Distilld: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "distilld",
        abstract: "Distils small image classifiers from datasets that are dropped into a folder.",
        discussion: """
            Drop a dataset (a folder or archive of images) and a NAME.job.yaml into the inbox of a running daemon, and \
            collect a small network and a report from the outbox.

            EXAMPLES
              distilld serve                     run the daemon
              distilld status                    see what it is doing
              distilld logs --follow cifar-tiny  watch a job

            EXIT CODES
              0   done
              1   failed; the message says why
              64  the command line cannot be understood
              65  the manifest, or the dataset it names, cannot be used
              66  there is no such job or file
              69  the daemon is not running, or does not answer
              73  another daemon already serves these folders
              75  a job in the foreground was stopped; the same command goes on with it
              78  the configuration cannot be read
            """,
        version: Distilld.version,
        subcommands: [
            ServeCommand.self, StatusCommand.self, LogsCommand.self, CancelCommand.self, RetryCommand.self,
            Init.self, Check.self, Run.self, Show.self, Compare.self, Predict.self, Export.self, Doctor.self,
            Example.self,
            BenchCommand.self,
            WorkerProcess.self, FollowerProcess.self,
        ])

    static let version = "0.1.0"

    static func main() async {
        // Without it the C library looks at /etc/localtime for every entry of an archive, a tenth of the time to read it.
        setenv("TZ", ":/etc/localtime", 0)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }
}
