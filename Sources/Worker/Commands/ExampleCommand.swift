import Datasets
import Foundation
import Manifests

/// `distilld example`: the dataset of drawn objects.
public struct ExampleCommand {
    private let directory: String
    private let seed: UInt64
    private let trainPerClass, testPerClass: Int?
    private let json: Bool

    /// What `--json` prints.
    private struct Result: Encodable {
        var folder: String
        var classes: [String]
        var trainPerClass, testPerClass: Int
    }

    public init(directory: String, seed: UInt64, trainPerClass: Int?, testPerClass: Int?, json: Bool = false) {
        self.directory = directory
        self.seed = seed
        self.trainPerClass = trainPerClass
        self.testPerClass = testPerClass
        self.json = json
    }

    /// - Throws: `JobFailure` where the folder is not free, or what the file system says.
    public func run(print: (String) -> Void) throws {
        let files = FileManager.default
        if let found = try? files.contentsOfDirectory(atPath: directory), !found.isEmpty {
            throw JobFailure(
                code: "example.exists", what: "the folder \(directory) is not empty", location: directory,
                fix: "name a new folder, or empty this one")
        }
        let train = trainPerClass ?? ExampleDataset.defaultTrainPerClass
        let test = testPerClass ?? ExampleDataset.defaultTestPerClass
        try ExampleDataset.write(to: directory, seed: seed, trainPerClass: train, testPerClass: test)
        guard !json else {
            let result = Result(
                folder: directory, classes: ExampleDataset.classes, trainPerClass: train, testPerClass: test)
            print(JSONText.page(result))
            return
        }
        print("\(directory): \(ExampleDataset.classes.count) classes, \(train) training and \(test) test images each")
    }
}
