import Compute
import Distillation
import Foundation
import Manifests
import Networks
import Testing

struct TrainerTests {
    private let folder: TemporaryFolder
    private let store: CheckpointStore

    init() throws {
        folder = try TemporaryFolder()
        store = try CheckpointStore(directory: folder.path)
    }

    /// Everything on that carries state or draws random numbers.
    private static let everything = TrainingSpec(
        batch: 16, learningRate: 0.05, labelSmoothing: 0.1, augment: .strong, clipGradient: 2, ema: 0.95)

    private func runEverything(
        optimizer: TrainingSpec.Optimizer = .sgd, threads: Int = 1, stopAfter: Int? = nil, store: CheckpointStore
    ) throws -> TrainingOutcome {
        var training = Self.everything
        training.optimizer = optimizer
        training.learningRate = optimizer == .sgd ? 0.05 : 0.005
        let graph = try Stripes.network(dropout: 0.2)
        let teacher = TrainedNetwork(graph: graph, parameters: .initialized(for: graph, seed: 99))
        return try runTraining(
            training, epochs: 4, data: Stripes.data(train: 70, evaluation: 31), store: store, graph: graph,
            teacher: teacher, threads: threads, stopAfter: stopAfter)
    }

    @Test func anyNumberOfThreadsGivesTheSameBytes() throws {
        let one = try runEverything(store: store)
        let three = try runEverything(threads: 3, store: CheckpointStore(directory: folder.path + "/other"))
        #expect(isSame(one, three))
        let graph = try Stripes.network(dropout: 0.2)
        #expect(!isSame(one.last, .initialized(for: graph, seed: 1)))
    }

    /// Stopped again and again at random steps, also while it looks at the evaluation split.
    @Test(arguments: TrainingSpec.Optimizer.allCases)
    func interruptedTrainingGivesTheSameBytes(_ optimizer: TrainingSpec.Optimizer) throws {
        let whole = try runEverything(optimizer: optimizer, store: CheckpointStore(directory: folder.path + "/other"))
        var random = CounterRandom(seed: 5, stream: 1)
        var processes = 1
        while true {
            do {
                let outcome = try runEverything(
                    optimizer: optimizer, threads: 1 + processes % 2, stopAfter: 1 + random.index(below: 4),
                    store: store)
                #expect(isSame(outcome, whole))
                break
            } catch is Suspended {
                processes += 1
                try #require(processes < 100)
            }
        }
        // 4 steps and 2 batches of evaluation in each of 4 epochs.
        #expect(processes > 5)
    }

    /// As after a kill: nothing was saved since the last epoch.
    @Test func killedTrainingGivesTheSameBytes() throws {
        let other = try CheckpointStore(directory: folder.path + "/other")
        let whole = try runEverything(store: other)
        #expect(throws: Suspended.self) { try runEverything(stopAfter: 15, store: store) }
        try FileManager.default.removeItem(atPath: folder.path + "/student.step.checkpoint")
        let resumed = try runEverything(store: store)
        #expect(isSame(resumed, whole))
    }

    @Test func stripesAreLearned() throws {
        let training = TrainingSpec(batch: 16, learningRate: 0.1, augment: AugmentSpec.none)
        let data = Stripes.data(train: 180, evaluation: 90)
        let outcome = try runTraining(training, epochs: 8, data: data, store: store, threads: 2)
        let last = try #require(outcome.records.last)
        #expect(last.evaluationAccuracy > 0.9 && last.trainAccuracy > 0.9)
        #expect(last.trainLoss < 0.5 * outcome.records[0].trainLoss)
        #expect(outcome.records.map(\.epoch) == Array(1...8))

        let evaluator = try Evaluator(
            TrainedNetwork(graph: Stripes.network(), parameters: outcome.best), data: data, batch: 7,
            pool: ThreadPool(threads: 1))
        let evaluation = try evaluator.evaluate(data.evaluation)
        let best = outcome.records[outcome.bestEpoch - 1]
        #expect(evaluation.accuracy == best.evaluationAccuracy)
        #expect(best.evaluationAccuracy == outcome.records.map(\.evaluationAccuracy).max())
        #expect(abs(evaluation.loss - best.evaluationLoss) < 1e-6)
        #expect(evaluation.answers.map(\.label) == (0..<90).map { data.evaluation.labels[$0] })
        #expect(evaluation.answers.count(where: \.isRight) == evaluation.right)
        let loss = evaluation.answers.reduce(0) { $0 - log(Double($1.labelProbability)) } / 90
        #expect(abs(loss - evaluation.loss) < 1e-5)
    }

    /// Without any weight on the labels, the student can only know what the teacher knows.
    @Test func studentLearnsFromItsTeacherAlone() throws {
        let training = TrainingSpec(batch: 16, learningRate: 0.1, augment: AugmentSpec.none)
        let data = Stripes.data(train: 180, evaluation: 90)
        let graph = try Stripes.network()
        let taught = try runTraining(training, epochs: 8, data: data, store: store, stage: .teacher)
        let teacher = TrainedNetwork(graph: graph, parameters: taught.best)

        // Labels shuffled round: wrong for every image.
        var confused = data
        let wrong = (0..<180).map { (data.train.labels[$0] + 1) % 3 }
        let size = Stripes.side * Stripes.side * 3
        let pixels = (0..<180).flatMap { Array(UnsafeBufferPointer(start: data.train.rows[$0], count: size)) }
        confused.train = ImageSet(labels: wrong, pixels: pixels)

        let student = try runTraining(
            training, epochs: 8, data: confused, store: store, graph: Stripes.network(channels: 6), teacher: teacher,
            distillation: DistillationSpec(temperature: 4, alpha: 1), seed: 2)
        #expect(student.records.last!.evaluationAccuracy > 0.85)
        #expect(student.records.last!.trainAccuracy < 0.2)
    }

    @Test func trainingStopsWhenPatienceEnds() throws {
        let training = TrainingSpec(
            batch: 16, learningRate: 1e-9, schedule: .constant, warmup: 0, augment: AugmentSpec.none, patience: 3)
        let graph = try Stripes.linear()
        let outcome = try runTraining(
            training, epochs: 50, data: Stripes.data(train: 32), store: store, graph: graph)
        // Nothing changes: the first epoch stays the best accuracy, and of equals the latest is kept.
        #expect(outcome.epochsRun == 4)
        #expect(outcome.bestEpoch == 4)
    }

    @Test func withoutEvaluationImagesTheLastIsTheBest() throws {
        let training = TrainingSpec(batch: 8, patience: 1)
        let outcome = try runTraining(training, epochs: 3, data: Stripes.data(train: 16, evaluation: 0), store: store)
        #expect(outcome.epochsRun == 3)
        #expect(outcome.bestEpoch == 3)
        #expect(isSame(outcome.best, outcome.last))
    }

    @Test func fewImagesAreOneBatch() throws {
        let outcome = try runTraining(
            TrainingSpec(batch: 128), epochs: 2, data: Stripes.data(train: 5, evaluation: 3), store: store)
        #expect(outcome.records.count == 2)
        let error = try #require(throws: JobFailure.self) {
            try runTraining(TrainingSpec(), epochs: 1, data: Stripes.data(train: 1), store: store)
        }
        #expect(error.code == "training.tooFewImages")
        #expect(error.what.contains("there is 1 image"))
    }

    @Test func teacherOfOtherClassesIsRefused() throws {
        var builder = try GraphBuilder(input: Graph.Shape(height: 10, width: 10, channels: 3))
        let pool = try builder.append(.globalAveragePool, [builder.input], "pool")
        try builder.append(.linear(outputs: 7), [pool], "fc")
        let graph = builder.graph()
        let error = try #require(throws: JobFailure.self) {
            try runTraining(
                TrainingSpec(), epochs: 1, data: Stripes.data(), store: store,
                teacher: TrainedNetwork(graph: graph, parameters: .initialized(for: graph, seed: 1)))
        }
        #expect(error.code == "teacher.unfit")
        #expect(error.what.contains("10x10x3 and knows 7 classes"))
    }

    /// A rate at which weight decay alone doubles the weights in every step, up to infinity; at half of it they shrink.
    private static let explosive = TrainingSpec(
        batch: 4, learningRate: 3, momentum: 0, weightDecay: 1, schedule: .constant, warmup: 0,
        augment: AugmentSpec.none)

    @Test func divergedTrainingGoesOnAtHalfTheRate() throws {
        let graph = try Stripes.linear()
        let data = Stripes.data(train: 64)
        var notices: [String] = []
        let whole = try runTraining(Self.explosive, epochs: 14, data: data, store: store, graph: graph) {
            notices.append($0)
        }
        try #require(notices.count == 1)
        #expect(notices[0].contains("It goes on from the end of epoch"))
        #expect(notices[0].contains("half the learning rate"))
        #expect(whole.records.map(\.epoch) == Array(1...14))
        #expect(whole.records[0].learningRate == 3 && whole.records[13].learningRate == 1.5)
        #expect((0..<whole.last.count).allSatisfy { whole.last.base[$0].isFinite })

        // Going back is part of what an interrupted training repeats.
        let other = try CheckpointStore(directory: folder.path + "/other")
        var stop = 0
        while true {
            stop += 1
            do {
                let outcome = try runTraining(
                    Self.explosive, epochs: 14, data: data, store: other, graph: graph, stopAfter: 10 + stop)
                #expect(isSame(outcome, whole))
                break
            } catch is Suspended {
                try #require(stop < 100)
            }
        }
        #expect(stop > 5)
    }

    @Test func trainingThatDivergesAgainFails() throws {
        var training = Self.explosive
        training.learningRate = 8
        let graph = try Stripes.linear()
        let error = try #require(throws: JobFailure.self) {
            try runTraining(training, epochs: 40, data: Stripes.data(train: 64), store: store, graph: graph)
        }
        #expect(error.code == "training.diverged")
        #expect(error.what.contains("also at half the learning rate"))
        #expect(error.location?.hasPrefix("student, epoch ") == true)
        #expect(error.fix.contains("`training.learningRate`, now 8.0, to 0.8"))
        #expect(error.fix.contains("clipGradient"))
    }

    @Test func firstValuesThatAreNoNumbersFailAtOnce() throws {
        let graph = try Stripes.linear()
        let values = ParameterBuffer.initialized(for: graph, seed: 1)
        values.base[3] = .nan
        let trainer = try Trainer(
            TrainingRequest(stage: .teacher, graph: graph, epochs: 2, training: TrainingSpec(batch: 8), seed: 1),
            initial: values, data: Stripes.data(train: 16), pool: ThreadPool(threads: 1), checkpoints: store)
        let error = try #require(throws: JobFailure.self) { try trainer.run() }
        #expect(error.code == "training.diverged")
        #expect(error.location == "teacher, epoch 1, step 1 of 2 epochs")
    }
}
