import Crypto
import Exporters
import Foundation
import Manifests

/// A student as a folder that MLflow takes for a model: `mlflow.pyfunc.load_model(folder)`, `mlflow models serve -m folder`.
///
/// `MLmodel` names the file, how it is loaded, and what goes in and comes out; the others say what to install.
/// (https://mlflow.org/docs/latest/ml/model, "Storage format"; flavors `onnx` and `python_function`)
struct MLflowFolder {
    /// Of `student.onnx`.
    let onnx: [UInt8]
    let metadata: ModelMetadata
    let made: Date

    private static let pythonVersion = "3.11"
    private static let onnxVersion = "1.16.0"
    private static let requirements = ["mlflow", "numpy", "onnx>=\(onnxVersion)", "onnxruntime", "pandas"]

    /// Names and contents.
    var files: [(name: String, bytes: [UInt8])] {
        let environment = """
            channels:
            - conda-forge
            dependencies:
            - python=\(Self.pythonVersion)
            - pip
            - pip:
            \(Self.requirements.map { "  - \($0)" }.joined(separator: "\n"))
            name: mlflow-env

            """
        let virtual =
            "python: \"\(Self.pythonVersion)\"\nbuild_dependencies:\n- pip\ndependencies:\n- -r requirements.txt\n"
        let texts = [
            ("MLmodel", model), ("conda.yaml", environment), ("python_env.yaml", virtual),
            ("requirements.txt", Self.requirements.map { $0 + "\n" }.joined()),
            ("labels.txt", metadata.labelsFile),
        ]
        return [("model.onnx", onnx)] + texts.map { ($0, Array($1.utf8)) }
    }

    private var model: String {
        let input = metadata.preprocessing
        func tensor(_ name: String, _ shape: [Int]) -> String {
            let sides = shape.map { String($0) }.joined(separator: ", ")
            return
                #"'[{"name": "\#(name)", "type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [\#(sides)]}}]'"#
        }
        // The same model, the same identifier.
        let identifier = SHA256.hash(data: onnx).prefix(16).map { String(format: "%02x", $0) }.joined()
        return """
            artifact_path: model
            flavors:
              onnx:
                code: null
                data: model.onnx
                onnx_version: \(Self.onnxVersion)
                providers:
                - CPUExecutionProvider
              python_function:
                data: model.onnx
                env:
                  conda: conda.yaml
                  virtualenv: python_env.yaml
                loader_module: mlflow.onnx
                python_version: "\(Self.pythonVersion)"
            metadata:
              distilld: "\(Version.current)"
            mlflow_version: 2.14.0
            model_size_bytes: \(onnx.count)
            model_uuid: \(identifier)
            signature:
              inputs: \(tensor(ONNXExporter.inputName, [-1, input.channels, input.height, input.width]))
              outputs: \(tensor(ONNXExporter.outputName, [-1, metadata.classes.count]))
            utc_time_created: '\(Self.time(made))'

            """
    }

    private static func time(_ date: Date) -> String {
        let text = date.ISO8601Format()
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8)).000000"
    }

    /// Writes a folder that is not there yet.
    func write(to path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        for (name, bytes) in files { try WholeFile.write(Data(bytes), to: "\(path)/\(name)") }
    }
}
