import Datasets
import Foundation

/// A job that takes a second or two.
enum SmallJob {
    static func manifest(_ dataset: String = "shapes", name: String? = nil, epochs: Int = 2) -> String {
        """
        \(name.map { "name: \($0)\n" } ?? "")dataset: \(dataset)
        input: { width: 16, height: 16, channels: rgb }
        teacher: { model: resnet8, epochs: \(epochs) }
        student: { model: convnet3, epochs: \(epochs) }
        training: { batch: 16 }
        distillation: { weakTeacher: warn }

        """
    }

    /// Ten classes of a few drawn objects.
    static func writeDataset(to folder: URL, seed: UInt64 = 1) throws {
        try ExampleDataset.write(to: folder.path, seed: seed, trainPerClass: 12, testPerClass: 5)
    }

    /// What every finished job leaves.
    static let files = [
        "MODEL_CARD.md", "SHA256SUMS", "events.out.tfevents.distilld", "job.yaml", "labels.txt", "log.txt",
        "metrics.csv", "preprocess.json", "report.html", "report.json", "student.h", "student.int8.onnx",
        "student.onnx", "student.safetensors",
    ]

    /// Those that are the same bytes for the same input.
    static let deterministic = ["job.yaml", "labels.txt", "preprocess.json", "student.safetensors"]

    /// Real images where the data is there, `nil` elsewhere: `../shared/data` beside the package.
    static func sharedData(_ name: String) -> URL? {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = package.deletingLastPathComponent().appendingPathComponent("shared/data/\(name)")
        return FileManager.default.fileExists(atPath: file.path) ? file : nil
    }

    /// Runs another program to its end.
    ///
    /// - Parameter input: a file for its standard input.
    static func run(
        _ arguments: [String], input: URL? = nil
    ) throws -> (code: Int32, output: Data, errors: String) {
        let process = Process()
        let output = Pipe()
        let errors = FileManager.default.temporaryDirectory.appendingPathComponent("errors-\(UUID().uuidString)")
        try Data().write(to: errors)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        let found = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let complaint = String(decoding: try Data(contentsOf: errors).prefix(2000), as: UTF8.self)
        return (process.terminationStatus, found, complaint)
    }
}
