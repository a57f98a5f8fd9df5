import Manifests
import Testing

/// `job.yaml` says everything that a job was run with.
@Suite struct RoundTripTests {
    @Test func defaults() throws {
        let spec = JobSpec(name: "a", dataset: "b.zip")
        #expect(try parse(JobSpecWriter.yaml(spec)).spec == spec)
        #expect(try parse(JobSpecWriter.yaml(try parse(fullManifest).spec)).spec == (try parse(fullManifest).spec))
    }

    @Test func everyKeyIsWrittenOnItsLine() {
        let lines = JobSpecWriter.yaml(JobSpec(name: "a", dataset: "my set")).split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("dataset: \"my set\"  ") && $0.contains("# folder or archive") })
        #expect(lines.contains { $0.hasPrefix("  learningRate: 0.1  ") })
        #expect(lines.contains { $0.hasPrefix("    flip: true  ") })
        #expect(lines.allSatisfy { $0.utf8.count <= 120 && $0.contains("# ") })
        // A comment line at the top is two; 19 keys at the top, 6 of them sections, and the keys below those.
        #expect(lines.count == 2 + 19 + 5 + 2 + 3 + 5 + 22 + 13 + 5 + 1)
    }

    @Test func severalTeachersAreWrittenInPlaceOfOne() throws {
        let spec = JobSpec(
            name: "a", dataset: "b", distillation: DistillationSpec(method: .kd),
            teachers: [
                TeacherSpec(NetworkSpec(model: "resnet20", epochs: 30)),
                TeacherSpec(NetworkSpec(model: "wrn-16-2", width: 0.5, epochs: 40), weight: 2.5, seed: 7),
            ])
        let text = JobSpecWriter.yaml(spec)
        let lines = text.split(separator: "\n")
        #expect(!lines.contains { $0.hasPrefix("teacher:") })
        let first = try #require(lines.firstIndex { $0.hasPrefix("teachers:  ") })
        #expect(lines[first + 1] == "  - { model: resnet20, width: 1, epochs: 30, weight: 1, seed: auto }")
        #expect(lines[first + 2] == "  - { model: wrn-16-2, width: 0.5, epochs: 40, weight: 2.5, seed: 7 }")
        #expect(lines[first + 3].hasPrefix("assistants: none") && lines[first + 4].hasPrefix("student:"))
        #expect(try parse(text).spec == spec)
    }

    @Test(arguments: [
        "plain", "two words", "1", "1e3", "no", "Yes", "null", "~x", "0x10", "a: b", "#a", "a #b", "-a", "'q'", "\"q\"",
        "back\\slash", "tab is no name", "ümläut 日本 😀", "a\u{2028}b", "\u{FEFF}a", "trailing ", " leading",
        "2024-01-02",
        "...", ".5", "@a", "%a", "&a", "*a", "!a", "[a]", "{a}", "a,b", "/abs/path with space", "a/../b-not", "|", ">",
    ])
    func datasetNames(name: String) throws {
        guard !name.contains("/../") else { return }
        let spec = JobSpec(name: "a", dataset: name)
        #expect(try parse(JobSpecWriter.yaml(spec)).spec == spec)
    }

    @Test(arguments: 0..<200)
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        let spec = randomSpec(&generator)
        #expect(try parse(JobSpecWriter.yaml(spec)).spec == spec)
    }

    private func randomSpec(_ generator: inout SeededGenerator) -> JobSpec {
        func number(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &generator) }
        func share() -> Double {
            // Tiny ones are written with an exponent.
            Bool.random(using: &generator) ? number(0...0.49) : number(0...0.49) * 1e-9
        }
        func whole(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &generator) }
        func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &generator) ? value : nil }
        func network() -> NetworkSpec {
            NetworkSpec(
                model: NetworkSpec.presets.randomElement(using: &generator)!, width: number(0.125...8),
                epochs: whole(1...10_000))
        }
        func distillation(hasEvaluation: Bool, hasOneTeacher: Bool, mixes: Bool) -> DistillationSpec {
            let method = DistillationSpec.Method.allCases.randomElement(using: &generator)!
            var anneal = DistillationSpec.Anneal.allCases.randomElement(using: &generator)!
            let isLearned = method == .kd && hasOneTeacher && Bool.random(using: &generator)
            if isLearned { anneal = .constant }
            return DistillationSpec(
                method: method, temperature: isLearned ? number(2...20) : number(1...100), alpha: number(0...1),
                standardize: .random(using: &generator), targetWeight: number(0.01...100), otherWeight: number(0...100),
                interWeight: number(0.01...100), intraWeight: number(0...100), anneal: anneal,
                alphaEnd: anneal == .constant ? nil : number(0...1),
                temperatureEnd: anneal == .constant ? nil : maybe(number(1...100)),
                stopAfter: maybe(number(0.01...0.99)),
                curriculum: isLearned,
                combine: hasEvaluation
                    ? DistillationSpec.Combination.allCases.randomElement(using: &generator)! : .mean,
                revise: DistillationSpec.Revision.allCases.randomElement(using: &generator)!,
                weightByGap: .random(using: &generator), gate: .random(using: &generator),
                weakTeacher: hasEvaluation
                    ? DistillationSpec.WeakTeacher.allCases.randomElement(using: &generator)! : .warn,
                views: mixes ? 0 : whole(0...1000))
        }
        let others = maybe(
            (0..<whole(1...8)).map { _ in
                TeacherSpec(network(), weight: number(0.001...1000), seed: maybe(generator.next()))
            })
        let hasSize = Bool.random(using: &generator)
        let mixes = Bool.random(using: &generator)
        let evaluation = maybe(share())
        return JobSpec(
            name: "job-\(whole(0...99_999))", dataset: "data \(whole(0...99_999))/Ü",
            input: InputSpec(
                width: hasSize ? whole(8...1024) : nil, height: hasSize ? whole(8...1024) : nil,
                channels: maybe(Channels.allCases.randomElement(using: &generator)!),
                fit: Fit.allCases.randomElement(using: &generator)!,
                background: "#" + String(0x100_0000 + whole(0...0xFF_FFFF), radix: 16).dropFirst()),
            split: SplitSpec(evaluation: evaluation, test: maybe(share())), maxCorrupt: number(0...1),
            teacher: network(), student: network(),
            distillation: distillation(hasEvaluation: evaluation != 0, hasOneTeacher: others == nil, mixes: mixes),
            training: TrainingSpec(
                batch: whole(2...16_384), learningRate: number(1e-12...10),
                optimizer: TrainingSpec.Optimizer.allCases.randomElement(using: &generator)!, momentum: share(),
                weightDecay: share(), schedule: TrainingSpec.Schedule.allCases.randomElement(using: &generator)!,
                warmup: share(), labelSmoothing: share(),
                augment: AugmentSpec(
                    crop: share(), flip: .random(using: &generator), cutout: share(), colorJitter: share(),
                    mixup: mixes ? number(0.001...10) : 0),
                clipGradient: maybe(number(1e-6...1e6)), ema: maybe(number(0.001...0.9999)),
                patience: evaluation == 0 ? nil : maybe(whole(1...10_000))),
            baseline: .random(using: &generator), seed: generator.next(), priority: whole(-100...100),
            teachers: others)
    }
}
