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
}
