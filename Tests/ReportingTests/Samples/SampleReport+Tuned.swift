import Manifests
import Reporting

extension SampleReport {
    /// Twelve trials on three rungs, one of which diverged, and students of three sizes.
    static var tuned: JobReport {
        var report = SampleReport().make()
        var random = SampleRandom(state: 17)
        func number(_ low: Double, _ high: Double) -> Double {
            Double.random(in: low...high, using: &random).significant(3)
        }
        let trials = (1...12).map { trial -> TuningRecord.Trial in
            let method = DistillationSpec.Method.allCases[trial % 3]
            let settings = TrialSettings(
                learningRate: number(0.02, 0.5), temperature: number(1, 10), alpha: number(0.1, 1), method: method,
                feature: trial % 4 == 0 ? .sp : nil, featureWeight: trial % 4 == 0 ? 0.3 : nil,
                augment: Double(trial % 5) / 2)
            let last = trial == 1 || trial == 7 ? 3 : trial == 4 ? 2 : 1
            let results = (1...last).map { rung in
                let isLost = trial == 5
                let accuracy = isLost ? 0 : number(0.4, 0.6) + 0.1 * Double(rung)
                return TrialResult(
                    trial: trial, rung: rung, epochs: [2, 8, 30][rung - 1], accuracy: accuracy,
                    loss: isLost ? nil : 1, seconds: 12, score: accuracy)
            }
            return TuningRecord.Trial(number: trial, settings: settings, results: results)
        }
        report.tuning = TuningRecord(
            asked: TuneSpec(trials: 12, budget: 3600), trials: trials,
            rungs: [
                .init(epochs: 2, trials: 12, trainImages: 3000, judgeImages: 1400),
                .init(epochs: 8, trials: 3, trainImages: 3000, judgeImages: 1400),
                .init(epochs: 30, trials: 2, trainImages: 4000, judgeImages: 400),
            ],
            importance: [.init(key: "learning rate", share: 0.52), .init(key: "alpha", share: 0.11)], chosen: 7,
            fullTrainings: 4.4, seconds: 812, isCutShort: true)
        report.students = [
            StudentPoint(
                name: "resnet8-w0.5", model: "resnet8", width: 0.5, parameters: 20_000, multiplyAccumulates: 4_000_000,
                accuracy: 0.71, latencyMilliseconds: 0.4, isBestOfSize: true, isBestOfTime: true,
                folder: "students/resnet8-w0.5"),
            StudentPoint(
                name: "resnet8", model: "resnet8", width: 1, parameters: 78_000, multiplyAccumulates: 12_500_000,
                accuracy: 0.78, isBestOfSize: true, isChosen: true),
            StudentPoint(
                name: "vgg8", model: "vgg8", width: 1, parameters: 3_900_000, multiplyAccumulates: 12_500_000,
                accuracy: 0.77, folder: "students/vgg8"),
        ]
        return report
    }
}
