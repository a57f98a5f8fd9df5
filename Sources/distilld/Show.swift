import ArgumentParser
import Worker

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a finished job's figures.",
        discussion: """
              distilld show Outbox/cifar-tiny-20261124-105312
              distilld show --json Outbox/cifar-tiny-20261124-105312 | jq .models.student.testAccuracy
            """)

    @Argument(help: "The job's folder in the outbox.", completion: .directory)
    var folder: String

    @Flag(help: "Print the report as JSON.")
    var json = false

    func run() throws { try ShowCommand(folder: folder, json: json).run { print($0) } }
}
