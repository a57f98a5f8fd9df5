import ArgumentParser
import Worker

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a finished job's figures.",
        discussion: """
              distilld show Outbox/cifar-tiny-20261124-105312
            """)

    @Argument(help: "The job's folder in the outbox.", completion: .directory)
    var folder: String

    func run() throws { try ShowCommand(folder: folder).run { print($0) } }
}
