import ArgumentParser
import Worker

struct Example: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the example dataset: ten classes of drawn objects.",
        discussion: """
            Writes train/CLASS and test/CLASS with PNG and JPEG files of varied sizes into a new folder. The same \
            seed gives the same files.

              distilld example Inbox/shapes
            """)

    @Argument(help: "The folder to make. It must not exist, or be empty.", completion: .directory)
    var directory: String

    @Option(help: "Names the drawing; another seed, other images.")
    var seed: UInt64 = 1

    @Option(help: "Training images of each class.")
    var train: Int?

    @Option(help: "Test images of each class.")
    var test: Int?

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        try ExampleCommand(directory: directory, seed: seed, trainPerClass: train, testPerClass: test, json: json)
            .run { print($0) }
    }
}
