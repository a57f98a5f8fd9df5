import Manifests
import Networks

/// Which activations of a student are compared with which of its teachers', and how.
struct FeaturePlan: Sendable {
    /// A loss of one pair of activations.
    struct Term: Sendable {
        let method: FeatureSpec.Method
        /// Of the manifest's entry, from 0.
        let entry: Int
        /// On the loss: the weight of the method times the teacher's share among the teachers.
        let factor: Double
        /// Which teacher.
        let teacher: Int
        /// Index in `studentTaps`.
        let studentTap: Int
        /// Index in `teacherTaps` of the teacher.
        let teacherTap: Int
        /// Of one image.
        let studentShape, teacherShape: Graph.Shape
    }

    private(set) var terms: [Term] = []
    /// Nodes of the student.
    private(set) var studentTaps: [Int] = []
    /// Of each teacher, names of nodes.
    private(set) var teacherTaps: [[String]]

    /// Found without names: `at` compares all stages of the student with the teacher's of about the same resolution,
    /// `fitnets` the middle one, `sp` the last, `rkd` and `crd` what the classifiers read, `reviewkd` all stages and what
    /// the classifiers read where that is one pixel.
    ///
    /// - Parameter weights: of the teachers.
    /// - Throws: a `JobFailure` with the code `features.unknown` for a node that is none, `features.unfit` where a
    ///   network has no such activations.
    init(
        _ features: [FeatureSpec], student graph: Graph, teachers: [FeatureMap], weights: [Double]
    ) throws(JobFailure) {
        let student = FeatureMap(graph)
        let total = weights.reduce(0, +)
        teacherTaps = teachers.map { _ in [] }
        for (entry, feature) in features.enumerated() {
            for (k, teacher) in teachers.enumerated() {
                for (own, other) in try Self.pairs(feature, student, teacher, number: k + 1) {
                    guard let node = graph.node(named: own.name) else {
                        throw .unknown(own.name, student, "the student")
                    }
                    terms.append(
                        Term(
                            method: feature.method, entry: entry, factor: feature.factor * weights[k] / total,
                            teacher: k,
                            studentTap: Self.place(node, in: &studentTaps),
                            teacherTap: Self.place(other.name, in: &teacherTaps[k]), studentShape: own.shape,
                            teacherShape: other.shape))
                }
            }
        }
    }

    private static func place<Value: Equatable>(_ value: Value, in list: inout [Value]) -> Int {
        if let found = list.firstIndex(of: value) { return found }
        list.append(value)
        return list.count - 1
    }

    private static func pairs(
        _ feature: FeatureSpec, _ student: FeatureMap, _ teacher: FeatureMap, number: Int
    ) throws(JobFailure) -> [(FeaturePlace, FeaturePlace)] {
        if let own = feature.student, let other = feature.teacher {
            guard let first = student.place(named: own) else { throw .unknown(own, student, "the student") }
            guard let second = teacher.place(named: other) else { throw .unknown(other, teacher, "teacher \(number)") }
            return [(first, second)]
        }
        let stages = student.stages.compactMap { own in
            teacher.stage(like: own, of: student.input).map { (own, $0) }
        }
        let found: [(FeaturePlace, FeaturePlace)]
        switch feature.method {
        case .at: found = stages
        case .fitnets: found = stages.isEmpty ? [] : [stages[stages.count / 2]]
        case .sp: found = stages.last.map { [$0] } ?? []
        case .rkd, .crd:
            guard let own = student.embedding, let other = teacher.embedding else {
                throw .nothingToCompare(
                    feature, number,
                    fix: "it compares what the classifiers read: name that of the teacher's file in `hints` (a row of "
                        + "values, often behind a global average pool), or leave `hints` out")
            }
            found = [(own, other)]
        case .reviewkd:
            let ends = zip([student.embedding].compactMap { $0 }, [teacher.embedding].compactMap { $0 })
            found = stages + ends.filter { $0.isPixel && $1.isPixel }
        }
        guard !found.isEmpty else {
            throw .nothingToCompare(
                feature, number,
                fix: "it compares the ends of stages: name those of the teacher's file in `hints`, leave `hints` out, "
                    + "or name a node of each with `student` and `teacher`")
        }
        return found
    }
}

extension JobFailure {
    fileprivate static func unknown(_ name: String, _ map: FeatureMap, _ owner: String) -> JobFailure {
        let known = map.places.map(\.name)
        let shown = known.count <= 60 ? known : Array(known.suffix(60))
        return JobFailure(
            code: "features.unknown", what: "\(owner) has no node \"\(name)\" to compare",
            location: "distillation.features",
            fix: "name one of its nodes, or leave the names out; the ends of its stages are "
                + map.stages.map(\.name).joined(separator: ", "),
            details: [
                "its nodes: " + shown.joined(separator: ", ") + (known.count > shown.count ? " and earlier ones" : "")
            ])
    }

    fileprivate static func nothingToCompare(_ feature: FeatureSpec, _ number: Int, fix: String) -> JobFailure {
        JobFailure(
            code: "features.unfit",
            what:
                "method \(feature.method.rawValue) finds nothing to compare between the student and teacher \(number)",
            location: "distillation.features", fix: fix)
    }
}

extension FeaturePlan {
    /// `nil`: logits alone are compared.
    init?(_ request: TrainingRequest, teachers: [Teacher]) throws(JobFailure) {
        guard let features = request.distillation.features, !teachers.isEmpty else { return nil }
        try self.init(
            features, student: request.graph, teachers: teachers.map { FeatureMap($0.network) },
            weights: teachers.map(\.weight))
    }
}

/// Whether the losses on activations that a manifest asks for can be had from its networks.
public enum FeatureCheck {
    /// - Throws: a `JobFailure` with the code `features.unknown` or `features.unfit`.
    public static func check(
        _ features: [FeatureSpec], student: Graph, teachers: [FeatureMap]
    ) throws(JobFailure) {
        _ = try FeaturePlan(features, student: student, teachers: teachers, weights: teachers.map { _ in 1 })
    }
}
