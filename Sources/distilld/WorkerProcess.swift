import ArgumentParser
import Worker

struct WorkerProcess: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Run one job for the daemon.",
        discussion: """
            Events go to standard output, a JSON object a line. Exits with 0 when the job has finished, with 1 when \
            it has failed, with 69 when trials are to be trained elsewhere, with 75 when it was stopped and is to be run again.
            """,
        shouldDisplay: false)

    @Option(help: "The order that the daemon has written.", completion: .file(extensions: ["json"]))
    var order: String

    @Option(help: "Train one of the trials that the job's worker has asked for, by its number from 1.")
    var trial: Int?

    @Flag(help: "Ask for trials instead of training them.")
    var trialsElsewhere = false

    func run() throws {
        let code = try WorkerCommand(orderPath: order, trial: trial, trialsElsewhere: trialsElsewhere).run()
        if code != 0 { throw ExitCode(code) }
    }
}
