import ArgumentParser
import Worker

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put finished jobs side by side: what they differ in, and what came of it.",
        discussion: """
              distilld compare Outbox/screws-20261124-105312 Outbox/screws-20261125-091500
              distilld compare --json Outbox/screws-*
            """)

    @Argument(help: "The jobs' folders in the outbox, two or more.", completion: .directory)
    var folders: [String]

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard folders.count >= 2 else { throw ValidationError("Name the folders of two or more finished jobs.") }
    }

    func run() throws { try CompareCommand(folders: folders, json: json).run { print($0) } }
}
