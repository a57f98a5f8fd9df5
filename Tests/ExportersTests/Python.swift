import Foundation

/// The Python that `DISTILLD_PYTHON` names, or `python3`; tests that need modules it lacks are skipped.
enum Python {
    static let command = ProcessInfo.processInfo.environment["DISTILLD_PYTHON"] ?? "python3"

    /// What runs ONNX models and checks them.
    static let hasONNX = has("onnx, onnxruntime, numpy")
    static let hasOpenVINO = has("openvino, numpy")
    static let hasSafetensors = has("safetensors.numpy, numpy")

    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    /// Runs a script with arguments; returns what it printed.
    static func run(_ script: String, _ arguments: [String] = []) throws -> String {
        let process = Process()
        let output = Pipe()
        let errors = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [command, "-c", script] + arguments
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // Errors are a traceback, which fits into a pipe; the output is read as it comes.
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(description: complaint) }
        return text
    }

    private static func has(_ modules: String) -> Bool {
        do {
            _ = try run("import \(modules)")
            return true
        } catch {
            return false
        }
    }
}
