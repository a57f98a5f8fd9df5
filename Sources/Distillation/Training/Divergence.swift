import Manifests
import Networks

/// A training whose numbers got out of hand.
struct Divergence: Error {
    var what: String
    /// Counted from 1; the step within the epoch.
    var epoch: Int
    var step: Int
    /// Mean of the epoch before it happened; `nil`: it was the first step.
    var meanLoss: Double?

    /// - Parameter lossSum: of the epoch, before this step.
    init(what: String, epoch: Int, step: Int, lossSum: Double) {
        self.what = what
        self.epoch = epoch
        self.step = step
        meanLoss = step > 1 && lossSum.isFinite ? lossSum / Double(step - 1) : nil
    }

    private var place: String { "epoch \(epoch), step \(step)" }

    func notice(_ request: TrainingRequest, backTo epoch: Int) -> String {
        "Training the \(request.name), \(what) in \(place). It goes on from "
            + (epoch == 0 ? "the beginning" : "the end of epoch \(epoch)") + " at half the learning rate."
    }

    func failure(_ request: TrainingRequest) -> JobFailure {
        let training = request.training
        let clip = training.clipGradient == nil ? ", or set `training.clipGradient: 1`" : ""
        return JobFailure(
            code: "training.diverged",
            what: "training the \(request.name), \(what), also at half the learning rate",
            location: "\(request.name), \(place) of \(request.epochs) epochs",
            fix: "lower `training.learningRate`, now \(training.learningRate), to \(training.learningRate / 10)" + clip,
            details: meanLoss.map { ["The mean loss of the epoch was \($0) up to then."] } ?? [])
    }
}

extension JobFailure {
    static func tooFewImages(_ count: Int, training: String) -> JobFailure {
        JobFailure(
            code: "training.tooFewImages",
            what: "there \(count == 1 ? "is 1 image" : "are \(count) images") to train on, and at least 2 are needed",
            location: training,
            fix: "add images to the training split, or make `split.evaluation` and `split.test` smaller")
    }

    static func unfitTeacher(_ teacher: Teacher, number: Int, data: TrainingData) -> JobFailure {
        let network = teacher.network
        return JobFailure(
            code: "teacher.unfit",
            what: "teacher \(number) takes \(network.input) and knows \(network.classes) classes, the student takes "
                + "\(data.height)x\(data.width)x\(data.channels) and learns \(data.classes)",
            location: "teacher \(number)",
            fix: "use a teacher of the student's channels and classes; where it knows more classes or has them in "
                + "another order, say which of its outputs stands for each class")
    }

    static func weakTeacher(_ name: String, because reason: String) -> JobFailure {
        JobFailure(
            code: "teacher.weak", what: "\(name) \(reason)", location: name,
            fix: "train a larger teacher, or for more epochs; with `distillation.weakTeacher: drop` the student learns "
                + "without it")
    }
}
