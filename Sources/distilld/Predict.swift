import ArgumentParser
import Worker

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Name what is in images, with a student that distilld has made.",
        discussion: """
            A student.h is compiled with this machine's C compiler and run: name none that you do not trust.

            Exits with 1 when some of the images cannot be read; the others are named all the same.

              distilld predict Outbox/cifar-tiny-20261124-105312 cat.jpg dog.png
              distilld predict student.safetensors --top 3 *.jpg
              distilld predict Outbox/screws-20261124-105312 photos/ --csv > answers.csv
            """)

    @Argument(
        help: "A job's folder in the outbox, or its student.safetensors, .onnx, .int8.onnx or .h.", completion: .file())
    var model: String

    @Argument(help: "PNG or JPEG files, and folders of them.", completion: .file())
    var images: [String]

    @Option(help: "Classes to print for each image.")
    var top = 1

    @Flag(help: "Print file,class,probability,error with a row for each answer.")
    var csv = false

    @Flag(help: "Print a JSON object a line for each image.")
    var json = false

    func validate() throws {
        guard !(csv && json) else { throw ValidationError("--csv and --json exclude each other.") }
        guard top >= 1 else { throw ValidationError("--top must be 1 or more.") }
    }

    func run() throws {
        try PredictCommand(model: model, images: images, top: top, format: json ? .json : csv ? .csv : .text)
            .run { print($0) }
    }
}
