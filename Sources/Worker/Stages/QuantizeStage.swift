import Compression
import Compute
import Datasets
import Distillation
import Manifests
import Networks
import Reporting

/// The student in 8-bit integers.
struct CompressedStudent {
    let network: QuantizedNetwork
    let result: QuantizationResult
    /// Of the training with everything rounded; `nil`: there was none.
    let training: TrainingOutcome?
}

extension JobPipeline {
    /// Images that ranges are taken from, and images that the ways are compared on.
    private static let calibrationImages = 512
    private static let comparisonImages = 2000

    /// Post-training quantization, its ranges from training images, the best of several ways by the evaluation split;
    /// then, where it is asked for or too much is lost, a training with everything rounded. The better one is kept.
    ///
    /// - Parameter teachers: who taught the student; may be none.
    /// - Returns: `nil` where the job wants no integers.
    func compress(
        _ student: Graph, parameters: ParameterBuffer, spec: JobSpec, data: TrainingData, teachers: [Teacher]
    ) throws -> CompressedStudent? {
        guard spec.quantization.mode != .none else { return nil }
        let quantizer = Quantizer(
            graph: student, parameters: parameters,
            calibrating: FormJudge.samples(data.train, data: data, pool: pool, most: Self.calibrationImages), pool: pool
        )
        if shouldStop() { throw Suspended() }
        let judges = data.evaluation.count > 0 ? data.evaluation : data.train
        let samples = FormJudge.samples(judges, data: data, pool: pool, most: Self.comparisonImages)
        let single = InferenceNetwork(graph: student, parameters: parameters, maximumBatch: 64, pool: pool)
        let logits = FormJudge.logits(single, samples, classes: data.classes)
        if shouldStop() { throw Suspended() }
        let best = quantizer.best(on: samples, logits: logits, pool: pool)
        var result = QuantizationResult(
            images: samples.count, split: data.evaluation.count > 0 ? "evaluation" : "train",
            singleAccuracy: samples.accuracy(of: logits),
            roundedAccuracy: best.trials.first { $0.method == best.method }?.accuracy ?? 0,
            calibration: best.method.rawValue, maxDrop: spec.quantization.maxDrop)
        guard spec.quantization.trains(after: result) else {
            return tell(CompressedStudent(network: best.network, result: result, training: nil))
        }
        let rounded = try RoundedGraph(quantizer.graph, values: best.network.values)
        let outcome = try train(
            .rounded(rounded.graph, spec), initial: rounded.parameters, data, teachers: teachers)
        let trained = rounded.quantized(outcome.best)
        result.trainedAccuracy = trained.score(on: samples, logits: logits, pool: pool).accuracy
        result.epochs = outcome.epochsRun
        return tell(
            CompressedStudent(
                network: result.keepsTrained ? trained : best.network, result: result, training: outcome))
    }

    private func tell(_ made: CompressedStudent) -> CompressedStudent {
        emit(.notice("The student in 8-bit integers. " + made.result.sentence))
        let result = made.result
        guard result.isStillTooFar else { return made }
        let best = max(result.roundedAccuracy, result.trainedAccuracy ?? 0)
        let advice =
            made.training == nil
            ? "`quantize: qat` trains it for integers" : "a wider student, or more training images, lose less"
        warn(
            "in 8-bit integers the student loses \(Figures.points(result.singleAccuracy - best)) of accuracy on the "
                + "\(result.split) split, more than `maxDrop`; \(advice)")
        return made
    }
}

extension QuantizationSpec {
    fileprivate func trains(after result: QuantizationResult) -> Bool {
        switch mode {
        case .auto: result.losesTooMuch
        case .qat: true
        case .ptq, .none: false
        }
    }
}

extension TrainingRequest {
    /// A fifth of the student's epochs at a small part of its rate: the network knows its task, and its norms, which
    /// would forgive a large one, are part of its weights.
    fileprivate static func rounded(_ graph: Graph, _ spec: JobSpec) -> TrainingRequest {
        var training = spec.training
        training.learningRate *= training.optimizer == .sgd ? 0.01 : 0.1
        training.schedule = .cosine
        training.warmup = 0.1
        training.weightDecay = 0
        training.clipGradient = training.clipGradient ?? 5
        training.ema = nil
        training.patience = nil
        // Products of rounded values are exact in single precision alone.
        training.precision = .fp32
        let taught = spec.distillation
        let distillation = DistillationSpec(
            method: taught.method, temperature: taught.temperature, alpha: taught.alpha,
            standardize: taught.standardize, targetWeight: taught.targetWeight, otherWeight: taught.otherWeight,
            interWeight: taught.interWeight, intraWeight: taught.intraWeight, combine: taught.combine,
            revise: taught.revise)
        return TrainingRequest(
            stage: .quantize, graph: graph, epochs: max((spec.student.epochs + 4) / 5, 1), training: training,
            distillation: distillation, seed: spec.seed)
    }
}
