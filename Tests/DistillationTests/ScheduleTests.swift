import Distillation
import Manifests
import Testing

struct ScheduleTests {
    private struct Case: Decodable {
        var schedule: TrainingSpec.Schedule
        var steps: Int
        var warmup: Double
        var rates, momenta: [Double]
    }

    @Test func ratesAndMomentaArePyTorchs() throws {
        let cases = try Goldens.load("schedules", as: [Case].self)
        #expect(Set(cases.map(\.schedule)) == [.onecycle, .cosine, .step])
        for golden in cases {
            let spec = TrainingSpec(learningRate: 0.2, schedule: golden.schedule, warmup: golden.warmup)
            let schedule = Schedule(spec, steps: golden.steps)
            for step in 0..<golden.steps {
                let name = "\(golden.schedule), step \(step) of \(golden.steps)"
                #expect(abs(schedule.rate(step) - golden.rates[step]) < 1e-12, "\(name)")
                #expect(abs(schedule.momentum(step) - golden.momenta[step]) < 1e-12, "\(name)")
            }
        }
    }

    @Test(arguments: [TrainingSpec.Schedule.cosine, .step, .constant])
    func ratesRiseInTheWarmUp(_ kind: TrainingSpec.Schedule) {
        let spec = TrainingSpec(learningRate: 0.4, schedule: kind, warmup: 0.1)
        let schedule = Schedule(spec, steps: 40)
        #expect((0..<4).map { schedule.rate($0) }.elementsEqual([0.1, 0.2, 0.3, 0.4], by: { abs($0 - $1) < 1e-12 }))
        #expect(schedule.rate(4) == 0.4)
        #expect(schedule.momentum(2) == 0.9)
        let later = (5..<40).map { schedule.rate($0) }
        switch kind {
        case .cosine: #expect(zip(later, later.dropFirst()).allSatisfy { $0 > $1 } && later.last! < 0.002)
        case .step: #expect(Set(later) == [0.4, 0.4 / 10, 0.4 / 100])
        default: #expect(Set(later) == [0.4])
        }
    }

    @Test func momentumStaysBelowOneAndAboveZero() {
        for momentum in [0, 0.02, 0.5, 0.95, 0.999] {
            let schedule = Schedule(TrainingSpec(momentum: momentum), steps: 50)
            let all = (0..<50).map { schedule.momentum($0) }
            #expect(all.allSatisfy { $0 >= 0 && $0 < 1 })
            #expect(all.max()! - all.min()! <= 0.1 + 1e-12)
        }
        #expect(Schedule(TrainingSpec(momentum: 0), steps: 50).momentum(7) == 0)
    }

    @Test func oneStepIsTakenAtThePeak() {
        for kind in TrainingSpec.Schedule.allCases {
            #expect(Schedule(TrainingSpec(learningRate: 0.3, schedule: kind), steps: 1).rate(0) == 0.3)
        }
    }
}

struct DistillationScheduleTests {
    @Test func constantByDefault() {
        let schedule = DistillationSchedule(DistillationSpec(method: .kd), steps: 10)
        #expect((0..<10).allSatisfy { schedule.alpha($0) == 0.9 && schedule.temperature($0) == 4 })
    }

    @Test(arguments: [DistillationSpec.Anneal.linear, .cosine])
    func goesFromTheFirstValueToTheLast(_ anneal: DistillationSpec.Anneal) {
        let spec = DistillationSpec(temperature: 8, alpha: 0.2, anneal: anneal, alphaEnd: 1, temperatureEnd: 2)
        let schedule = DistillationSchedule(spec, steps: 101)
        #expect(abs(schedule.alpha(0) - 0.2) < 1e-12 && abs(schedule.alpha(100) - 1) < 1e-12)
        #expect(abs(schedule.temperature(0) - 8) < 1e-12 && abs(schedule.temperature(100) - 2) < 1e-12)
        #expect(abs(schedule.temperature(50) - 5) < 1e-12)
        let quarter = anneal == .linear ? 6.5 : 2 + 3 * (1 + 0.5.squareRoot())
        #expect(abs(schedule.temperature(25) - quarter) < 1e-12)
        #expect(DistillationSchedule(spec, steps: 1).alpha(0) == 0.2)
    }

    @Test func stopsAfterAShare() {
        let schedule = DistillationSchedule(DistillationSpec(method: .kd, stopAfter: 0.25), steps: 10)
        #expect((0..<10).map { schedule.alpha($0) } == [0.9, 0.9, 0.9, 0, 0, 0, 0, 0, 0, 0])
    }
}
