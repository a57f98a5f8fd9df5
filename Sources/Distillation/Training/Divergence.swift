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

    init(what: String, _ position: TrainingPosition) {
        self.what = what
        epoch = position.epochsDone + 1
        step = position.stepsInEpoch
        meanLoss = step > 1 && position.lossSum.isFinite ? position.lossSum / Double(step - 1) : nil
    }

    private var place: String { "epoch \(epoch), step \(step)" }

    func notice(_ request: TrainingRequest, backTo epoch: Int) -> String {
        "Training the \(request.stage.rawValue), \(what) in \(place). It goes on from "
            + (epoch == 0 ? "the beginning" : "the end of epoch \(epoch)") + " at half the learning rate."
    }

    func failure(_ request: TrainingRequest) -> JobFailure {
        let training = request.training
        let clip = training.clipGradient == nil ? ", or set `training.clipGradient: 1`" : ""
        return JobFailure(
            code: "training.diverged",
            what: "training the \(request.stage.rawValue), \(what), also at half the learning rate",
            location: "\(request.stage.rawValue), \(place) of \(request.epochs) epochs",
            fix: "lower `training.learningRate`, now \(training.learningRate), to \(training.learningRate / 10)" + clip,
            details: meanLoss.map { ["The mean loss of the epoch was \($0) up to then."] } ?? [])
    }
}

extension JobFailure {
    static func tooFewImages(_ count: Int, stage: Stage) -> JobFailure {
        JobFailure(
            code: "training.tooFewImages",
            what: "there \(count == 1 ? "is 1 image" : "are \(count) images") to train on, and at least 2 are needed",
            location: stage.rawValue,
            fix: "add images to the training split, or make `split.evaluation` and `split.test` smaller")
    }

    static func unfitTeacher(_ teacher: Graph, student: Graph) -> JobFailure {
        JobFailure(
            code: "teacher.unfit",
            what: "the teacher takes \(teacher.input) and knows \(teacher.classes) classes, the student takes "
                + "\(student.input) and learns \(student.classes)",
            location: "teacher", fix: "use a teacher of the student's input size, channels and classes")
    }
}
