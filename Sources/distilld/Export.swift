import ArgumentParser
import Worker

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a finished student in another form.",
        discussion: """
            onnx         single precision, opset 17
            int8         8-bit integers as QDQ ONNX
            c            8-bit integers as one C99 file
            safetensors  the weights, and all that predict needs
            mlflow       a folder that MLflow takes for a model: onnx with MLmodel

            A form that the job's folder holds is copied. Otherwise the student is read from its safetensors, and the \
            ranges of 8-bit integers are taken from --images: some hundred like those to come.

              distilld export Outbox/screws-20261124-105312 --to c --output screws.h
              distilld export student.safetensors --to int8 --images photos/
              distilld export Outbox/screws-20261124-105312 --to mlflow --output screws.mlflow
            """)

    @Argument(help: "A job's folder in the outbox, or its student.safetensors.", completion: .file())
    var model: String

    @Option(help: "onnx, int8, c, safetensors or mlflow.")
    var to: ExportCommand.Form

    @Option(help: "The file or folder to write (default: the form's name in a job's folder, in the current folder).")
    var output: String?

    @Option(help: "PNG or JPEG files, and folders of them, for int8 and c.")
    var images: [String] = []

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        try ExportCommand(model: model, form: to, output: output, images: images, json: json).run { print($0) }
    }
}

extension ExportCommand.Form: ExpressibleByArgument {}
