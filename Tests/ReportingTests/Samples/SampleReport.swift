import Foundation
import Manifests
import Reporting

/// Reports with figures as a job could have: what tests and people look at pages with.
struct SampleReport {
    var classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
    var testPerClass = 100
    var teacherAccuracy = 0.86
    var studentAccuracy = 0.80
    /// `nil`: no baseline.
    var baselineAccuracy: Double? = 0.765
    var epochs = 30
    var mistakes = 12
    var pictures = true
    var seed: UInt64 = 7

    func make() -> JobReport {
        var random = SampleRandom(state: seed)
        let labels = classes.indices.flatMap { [Int](repeating: $0, count: testPerClass) }
        // One hardness of each image for all networks: they fail on the same ones.
        let hardness = labels.map { label in Double.random(in: 0..<1, using: &random) + difficulty(label) }
        let teacher = answers(labels, hardness, teacherAccuracy, &random)
        let student = answers(labels, hardness, studentAccuracy, &random)
        let baseline = baselineAccuracy.map { answers(labels, hardness, $0, &random) }
        let models = ModelResults(
            teacher: result(.teacher, labels, teacher), student: result(.student, labels, student),
            baseline: baseline.map { result(.baseline, labels, $0) },
            studentAgainstTeacher: PairedComparison(labels: labels, first: student, second: teacher),
            studentAgainstBaseline: baseline.map { PairedComparison(labels: labels, first: student, second: $0) })
        var curves = curve(.teacher, models.teacher, &random) + curve(.student, models.student, &random)
        if let baseline = models.baseline { curves += curve(.baseline, baseline, &random) }
        return JobReport(
            jobID: "cifar-tiny-20261124-105312", name: "cifar-tiny",
            started: Date(timeIntervalSince1970: 1_795_517_592), finished: Date(timeIntervalSince1970: 1_795_518_460),
            seconds: 861.4, version: "0.1.0",
            machine: Machine(processor: "AMD EPYC 7763 64-Core Processor", isa: "avx2", threads: 8), data: data(),
            models: models, epochs: curves, mistakes: worst(labels, student, teacher, &random),
            insights: insights(models, &random),
            files: Self.files,
            job: JobSpec(name: "cifar-tiny", dataset: "cifar-tiny.zip", baseline: baselineAccuracy != nil),
            manifest: JobSpecWriter.yaml(JobSpec(name: "cifar-tiny", dataset: "cifar-tiny.zip")),
            warnings: ["3 files could not be used and are left out; the report names them"])
    }

    /// Classes 3 and 5 are hard, 1 and 8 easy.
    private func difficulty(_ label: Int) -> Double {
        switch label % 10 {
        case 3, 5: -0.16
        case 2: -0.07
        case 1, 8: 0.08
        default: 0.02
        }
    }

    private func answers(
        _ labels: [Int], _ hardness: [Double], _ accuracy: Double, _ random: inout SampleRandom
    ) -> [Int] {
        zip(labels, hardness).map { label, ease in
            let isRight = ease + Double.random(in: -0.1...0.1, using: &random) > 1 - accuracy
            guard !isRight, classes.count > 1 else { return label }
            // Half of the mistakes go to the class beside, as a cat is taken for a dog.
            let likely = label % 10 == 3 ? label + 2 : label % 10 == 5 ? label - 2 : label + 1
            if Bool.random(using: &random), likely < classes.count { return likely }
            return (label + Int.random(in: 1..<classes.count, using: &random)) % classes.count
        }
    }

    private func result(_ role: ModelResult.Role, _ labels: [Int], _ answers: [Int]) -> ModelResult {
        let isTeacher = role == .teacher
        let confusion = ModelResult.confusion(labels: labels, predictions: answers, classes: classes.count)
        let right = zip(labels, answers).count { $0 == $1 }
        let accuracy = Double(right) / Double(max(labels.count, 1))
        let parameters = isTeacher ? 272_474 : 78_042
        return ModelResult(
            role: role, model: isTeacher ? "resnet20" : "resnet8", width: 1, parameters: parameters,
            multiplyAccumulates: isTeacher ? 41_214_592 : 12_500_992,
            fileBytes: role == .student ? 314_120 : parameters * 4, evaluationAccuracy: accuracy + 0.004,
            testLoss: 1.9 * (1 - accuracy), latencyMilliseconds: isTeacher ? 1.842 : 0.517,
            imagesPerSecond: isTeacher ? 4210.4 : 13_904.2, confusion: confusion, epochsRun: epochs,
            bestEpoch: max(1, epochs - 2), trainSeconds: isTeacher ? 402 : 211)
    }

    /// Rises as 1 - exp(-t) with a bump near the end, as under a one-cycle schedule.
    private func curve(_ stage: Stage, _ model: ModelResult, _ random: inout SampleRandom) -> [EpochRecord] {
        (1...epochs).map { epoch in
            let t = Double(epoch) / Double(epochs)
            let noise = Double.random(in: -0.02...0.02, using: &random) * (1 - t)
            let shape = (1 - exp(-3.5 * t)) / (1 - exp(-3.5)) * (0.93 + 0.07 * t)
            let evaluation = min(1, max(0, model.evaluationAccuracy * shape + noise))
            let training = min(1, evaluation * (0.93 + 0.12 * t))
            return EpochRecord(
                stage: stage, epoch: epoch, epochs: epochs, learningRate: 0.1 * sin(.pi * t),
                trainLoss: (stage == .student ? 3.1 : 1.9) * (1.05 - training), trainAccuracy: training,
                evaluationLoss: 1.9 * (1.04 - evaluation), evaluationAccuracy: evaluation, imagesPerSecond: 9_000,
                seconds: 7)
        }
    }

    private func worst(
        _ labels: [Int], _ student: [Int], _ teacher: [Int], _ random: inout SampleRandom
    ) -> [Mistake] {
        labels.indices.filter { labels[$0] != student[$0] }.shuffled(using: &random).prefix(mistakes).enumerated().map {
            order, i in
            Mistake(
                path: "test/\(classes[labels[i]])/image_\(i).png", label: labels[i], predicted: student[i],
                probability: 0.99 - 0.02 * Double(order), teacherPredicted: order == 3 ? nil : teacher[i],
                image: pictures ? Mistake.dataURI(SamplePNG.bytes(side: 32, seed: UInt64(i))) : nil)
        }
    }

    private func insights(_ models: ModelResults, _ random: inout SampleRandom) -> Insights {
        let calibration = models.all.map { model -> Insights.NetworkCalibration in
            let answers = (0..<1000).map { _ -> (confidence: Double, isRight: Bool) in
                let confidence = Double.random(in: 0.3..<1, using: &random).squareRoot()
                return (confidence, Double.random(in: 0..<1, using: &random) < confidence * model.testAccuracy)
            }
            return Insights.NetworkCalibration(role: model.role, calibration: ReliabilityDiagram(answers))
        }
        func row(_ change: String, _ meaning: String, _ share: Double) -> Insights.Robustness {
            Insights.Robustness(
                change: change, meaning: meaning, teacher: models.teacher.testAccuracy * share,
                student: models.student.testAccuracy * share * share)
        }
        let suspects = (0..<2).map { i in
            Mistake(
                path: "train/\(classes[0])/odd_\(i).png", label: 0, predicted: classes.count - 1, probability: 0.97,
                teacherPredicted: classes.count - 1,
                image: pictures ? Mistake.dataURI(SamplePNG.bytes(side: 32, seed: UInt64(90 + i))) : nil)
        }
        return Insights(
            calibration: calibration,
            robustness: [
                row("none", "as they are", 1), row("blur", "slightly out of focus", 0.7),
                row("noise", "noisy, as in dim light", 0.97),
            ], robustnessCount: 1000, suspectLabels: suspects, labelsChecked: 4500, suspectCount: 2)
    }

    private func data() -> DataSummary {
        func split(_ name: SplitSummary.Name, _ count: Int) -> SplitSummary {
            SplitSummary(name: name, perClass: classes.indices.map { count - $0 % 7 * (count / 40) })
        }
        return DataSummary(
            dataset: "cifar-tiny.zip", contentHash: String(repeating: "3fa91c07", count: 8), classes: classes,
            splits: [
                split(.train, 450), split(.evaluation, 50),
                SplitSummary(name: .test, perClass: classes.map { _ in testPerClass }),
            ],
            input: InputSummary(
                width: 32, height: 32, channels: 3, fit: .stretch, background: "#000000",
                mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616]),
            notes: ["Images are 32 x 32 in the dataset, so the networks see them as they are."],
            findings: [
                DataFinding(
                    kind: "nearDuplicates",
                    message:
                        "14 training images differ from another one by less than recompression does; they count twice.",
                    examples: ["train/cat/image_12.png = train/cat/image_80.png"])
            ],
            leftOut: [
                UnusedFile(path: "train/cat/image_4711.png", reason: "ends in the middle of a PNG chunk"),
                UnusedFile(path: "train/Thumbs.db", reason: "is no PNG and no JPEG"),
                UnusedFile(path: "train/dog/empty.jpg", reason: "is empty"),
            ])
    }

    static let files = [
        OutputFile(
            name: "job.yaml", bytes: 2104, purpose: "this job with all defaults: drop it in again to repeat the run"),
        OutputFile(name: "labels.txt", bytes: 61, purpose: "a class a line, in the order of the outputs"),
        OutputFile(name: "metrics.csv", bytes: 9120, purpose: "a row an epoch"),
        OutputFile(name: "preprocess.json", bytes: 402, purpose: "what to do to an image before the student sees it"),
        OutputFile(name: "student.onnx", bytes: 314_120, purpose: "the student for ONNX Runtime, OpenVINO and others"),
        OutputFile(name: "student.safetensors", bytes: 321_004, purpose: "the student's weights under PyTorch's names"),
    ]
}
