import Foundation

/// The scripts of Goldens that make models and ask ONNX Runtime about them, in the Python that `DISTILLD_PYTHON` names.
///
/// Every run makes the same models, unless `DISTILLD_RANDOM_SEED` is set; `DISTILLD_RANDOM_NODES` and
/// `DISTILLD_RANDOM_NETWORKS` make more of them.
enum Judge {
    private static let environment = ProcessInfo.processInfo.environment
    private static let command = environment["DISTILLD_PYTHON"]

    static let isThere: Bool = {
        guard let command else { return false }
        do {
            _ = try shell([command, "-c", "import numpy, onnx, onnxruntime"])
            return true
        } catch {
            return false
        }
    }()

    static let seed = environment["DISTILLD_RANDOM_SEED"].flatMap { Int($0) } ?? 7

    static func count(of what: String, usually: Int) -> Int {
        environment["DISTILLD_RANDOM_" + what].flatMap { Int($0) } ?? usually
    }

    /// What a script has printed at its end.
    static func run(_ script: String, _ arguments: [String]) throws -> String {
        // Python leaves nothing beside the scripts.
        let printed = try shell([command ?? "python3", "-B", try Goldens.url(script).path] + arguments)
        return String(printed.split(separator: "\n").last ?? "")
    }
}
