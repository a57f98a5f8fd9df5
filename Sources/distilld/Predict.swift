import ArgumentParser
import Worker

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Name what is in images, with a student that distilld has made.",
        discussion: """
              distilld predict Outbox/cifar-tiny-20261124-105312 cat.jpg dog.png
              distilld predict student.safetensors --top 3 *.jpg
            """)

    @Argument(help: "A job's folder in the outbox, or its student.safetensors.", completion: .file())
    var model: String

    @Argument(help: "PNG or JPEG files.", completion: .file())
    var images: [String]

    @Option(help: "Classes to print for each image.")
    var top = 1

    func run() throws {
        try PredictCommand(model: model, images: images, top: top).run { print($0) }
    }
}
