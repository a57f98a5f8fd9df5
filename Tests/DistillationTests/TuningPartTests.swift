import Compute
import Foundation
import Manifests
import Testing

@testable import Distillation

/// The parts of tuning, each on its own.
struct TuningPartTests {
    // MARK: Where to look next

    /// A valley in four numbers and a choice; its least is 0, at a place that hangs on `case`.
    private static func loss(_ point: [Double], place: Int) -> Double {
        var random = CounterRandom(seed: 41, stream: 1, UInt32(place))
        var sum = 0.0
        for d in 0..<4 {
            let distance = point[d] - (0.1 + 0.8 * Double(random.uniform()))
            sum += (d == 0 ? 4 : 1) * distance * distance
        }
        return sum + (Int(point[4] * 3) == place % 3 ? 0 : 0.3)
    }

    private static let dimensions: [TreeParzen.Dimension] = [.number, .number, .number, .number, .choice(3)]

    /// The least loss of 40 trials: 8 to begin with, then 4 at a time.
    private static func search(place: Int, seed: UInt64) -> Double {
        let sampler = TreeParzen(dimensions, seed: seed)
        var known = sampler.beginning(8).map { TreeParzen.Known(point: $0, score: -loss($0, place: place)) }
        while known.count < 40 {
            let next = (0..<4).map { sampler.propose(known, number: known.count + $0) }
            known += next.map { TreeParzen.Known(point: $0, score: -loss($0, place: place)) }
        }
        return -(known.map(\.score).max() ?? 0)
    }

    private static func random(place: Int, seed: UInt64) -> Double {
        var random = CounterRandom(seed: seed, stream: 2)
        let losses = (0..<40).map { _ in
            loss((0..<5).map { _ in Double(random.uniform()) }, place: place)
        }
        return losses.min() ?? 0
    }

    @Test func proposalsFindTheValleyBeforeChanceDoes() {
        let places = 0..<30
        let found = places.map { Self.search(place: $0, seed: UInt64($0)) }
        let chance = places.map { Self.random(place: $0, seed: UInt64($0)) }
        let (mean, other) = (found.reduce(0, +) / 30, chance.reduce(0, +) / 30)
        #expect(mean < 0.6 * other, "\(mean) against \(other)")
        let wins = zip(found, chance).filter { $0 < $1 }.count
        #expect(wins >= 21, "\(wins) of 30")
    }

    @Test func aBeginningHasAPointInEveryPart() {
        let points = TreeParzen([.number, .number, .choice(4)], seed: 3).beginning(12)
        for d in 0..<3 { #expect(Set(points.map { Int($0[d] * 12) }) == Set(0..<12)) }
        #expect(Set(points.map { Int($0[2] * 4) }).count == 4)
    }

    @Test func aProposalHangsOnSeedNumberAndKnowledgeAlone() {
        let known = (0..<6).map { i in
            TreeParzen.Known(point: [Double(i) / 6, 0.5, 0.5, 0.5, 0.5], score: Double(i))
        }
        let sampler = TreeParzen(Self.dimensions, seed: 5)
        #expect(sampler.propose(known, number: 9) == TreeParzen(Self.dimensions, seed: 5).propose(known, number: 9))
        #expect(sampler.propose(known, number: 9) != sampler.propose(known, number: 10))
        #expect(sampler.propose(known, number: 9) != TreeParzen(Self.dimensions, seed: 6).propose(known, number: 9))
        for number in 1..<200 {
            #expect(sampler.propose(known, number: number).allSatisfy { $0 >= 0 && $0 < 1 })
        }
    }

    // MARK: Who trains longer

    @Test func theOrdinaryPlan() {
        let plan = HalvingPlan(trials: 24, epochs: 32)
        #expect(
            plan.rungs == [.init(epochs: 2, trials: 24), .init(epochs: 8, trials: 6), .init(epochs: 32, trials: 2)])
        #expect(plan.cost == 1.5 + 1.5 + 2)
        #expect(plan.trainings == 32)
    }

    @Test func plansOfAnyLengthCostLessThanSixTrainings() {
        for epochs in 8...400 {
            let plan = HalvingPlan(trials: 24, epochs: epochs)
            #expect(plan.cost < 6, "\(epochs) epochs: \(plan.rungs)")
            #expect(plan.rungs.first?.trials == 24 && plan.rungs.last == .init(epochs: epochs, trials: 2))
            #expect(zip(plan.rungs, plan.rungs.dropFirst()).allSatisfy { $0.epochs < $1.epochs })
        }
    }

    @Test func aTrainingOfOneEpochHasOneRung() {
        #expect(HalvingPlan(trials: 5, epochs: 1).rungs == [.init(epochs: 1, trials: 5)])
        #expect(HalvingPlan(trials: 5, epochs: 2).rungs == [.init(epochs: 1, trials: 5), .init(epochs: 2, trials: 2)])
    }

    @Test func theFirstTrialGoesOnWithTheBest() {
        let scores = [(0, 0.1), (1, 0.5), (2, 0.9), (3, 0.9), (4, 0.7)].map { (trial: $0.0, score: $0.1) }
        #expect(HalvingPlan.promoted(scores, count: 3) == [0, 2, 3])
        #expect(HalvingPlan.promoted(scores, count: 2) == [0, 2])
        #expect(HalvingPlan.promoted(Array(scores.dropFirst()), count: 2) == [2, 3])
        #expect(HalvingPlan.promoted(scores, count: 9) == [0, 1, 2, 3, 4])
    }

    // MARK: What mattered

    @Test func importanceOfAKnownFunction() {
        var random = CounterRandom(seed: 8, stream: 3)
        let points = (0..<400).map { _ in (0..<3).map { _ in Double(random.uniform()) } }
        // Variances of 4 x, y and nothing of z: shares of 16/17 and 1/17.
        let scores = points.map { 4 * $0[0] + $0[1] }
        let shares = (0..<3).map { d in
            SettingImportance.share(points.map { $0[d] }, isChoice: false, scores: scores)
        }
        // Four groups see 15/16 of the variance of a straight line.
        #expect(abs(shares[0] - 16.0 / 17 * 15 / 16) < 0.04, "\(shares)")
        #expect(abs(shares[1] - 1.0 / 17 * 15 / 16) < 0.04, "\(shares)")
        #expect(shares[2] < 0.02, "\(shares)")
        let choice = points.map { ($0[0] * 2).rounded(.down) }
        let steps = choice.map { $0 * 3 }
        #expect(SettingImportance.share(choice, isChoice: true, scores: steps) > 0.999)
        #expect(SettingImportance.share(choice, isChoice: true, scores: points.map { _ in 1 }) == 0)
    }

    // MARK: Who is beaten by nobody

    @Test func frontByHand() {
        let costs = [1.0, 2, 3, 4, 2, 1]
        let accuracies = [0.5, 0.7, 0.6, 0.9, 0.7, 0.4]
        #expect(ParetoFront.indices(costs: costs, accuracies: accuracies) == [0, 1, 3])
        #expect(ParetoFront.indices(costs: [3, 1], accuracies: [0.5, 0.5]) == [1])
        #expect(ParetoFront.indices(costs: [], accuracies: []) == [])
    }

    @Test func whatADoublingCosts() {
        let tune = TuneSpec(trials: 8, objective: .accuracyAtSize, price: 2)
        #expect(abs(tune.score(accuracy: 0.8, cost: 50, reference: 200) - 0.84) < 1e-12)
        #expect(abs(tune.score(accuracy: 0.8, cost: 400, reference: 200) - 0.78) < 1e-12)
        #expect(TuneSpec(trials: 8).score(accuracy: 0.8, cost: 1, reference: 1) == 0.8)
    }

    @Test func theSmallestThatReachesTheTargetIsKept() throws {
        let graphs = try [4, 8, 16].map { try Stripes.network(channels: $0) }
        func choice(_ accuracies: [Double], _ target: Double?, _ tune: TuneSpec = TuneSpec()) -> Int {
            StudentSearch.choice(
                Array(zip(graphs, accuracies)).map { (graph: $0.0, accuracy: $0.1) }, target: target, tune
            )
            .place
        }
        #expect(choice([0.7, 0.91, 0.95], 0.9) == 1)
        #expect(choice([0.7, 0.8, 0.85], 0.9) == 2)
        #expect(choice([0.7, 0.91, 0.95], nil) == 2)
        #expect(choice([0.9, 0.91, 0.92], nil, TuneSpec(objective: .accuracyAtSize, price: 2)) == 0)
    }

    // MARK: What may be changed

    @Test func pointsBecomeSettingsAndBack() {
        let spec = JobSpec(name: "a", dataset: "b")
        let space = SearchSpace(spec, hasTeachers: true, features: [.sp])
        #expect(
            space.settings.map(\.key) == [
                "learning rate", "augmentation", "method", "temperature", "alpha", "loss on activations",
                "weight of features",
            ])
        let own = space.settings(at: space.own)
        #expect(own.learningRate == 0.1 && own.alpha == 0.5 && own.temperature == 4 && own.augment == 1)
        #expect(own.method == .dist && own.feature == nil && own.featureWeight == nil)
        #expect(space.ownSettings == own)
        let far = space.settings(at: space.settings.map { _ in 0.999 })
        #expect(far.method == .dist && far.feature == .sp && far.augment == 2 && (far.featureWeight ?? 0) > 2.9)
        // What is written is not looked for, and without teachers only the training is.
        var written = spec
        written.distillation.chosenMethod = .dkd
        written.tune = TuneSpec(trials: 8, objective: .accuracyAtSize)
        let other = SearchSpace(written, hasTeachers: false, features: [])
        #expect(other.settings.map(\.key) == ["learning rate", "augmentation", "width"])
        #expect(other.settings(at: other.own).width == 1)
    }

    @Test func judgesAreKeptBackFromEveryClassAlike() {
        let data = Stripes.data(train: 120, evaluation: 60)
        let trial = data.forTrials(seed: 4)
        #expect(trial.train.count == 90 && trial.evaluation.count == 90)
        for label in 0..<3 {
            let count = (0..<90).filter { trial.train.labels[$0] == Int32(label) }.count
            #expect(count == 30)
        }
        // Every image is in one of both, with its label.
        let pixels = Set(
            (0..<90).map { trial.train.rows[$0] } + (0..<90).map { trial.evaluation.rows[$0] })
        #expect(pixels.count == 180)
        for i in 60..<90 {
            let place = (0..<120).first { data.train.rows[$0] == trial.evaluation.rows[i] }
            #expect(place.map { data.train.labels[$0] } == trial.evaluation.labels[i])
        }
    }
}
