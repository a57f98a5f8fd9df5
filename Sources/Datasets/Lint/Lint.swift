import Compute

/// All checks on the usable images of a dataset. None of them is fatal; some leave images out of training.
struct Lint {
    /// What was found, and which images are to be left out of training (same pixels in training and evaluation or
    /// test; same pixels with different labels).
    struct Result {
        var findings: [LintFinding]
        /// Indices into `images`, ascending.
        var leftOutOfTraining: [Int]
    }

    /// - Parameters:
    ///   - images: in any order; findings are in the order of their paths' bytes.
    ///   - pixels: height * width, and `channels`: of every row of `store`.
    static func check(
        images: [LintInput], classes: [String], store: PixelStore, pixels: Int, channels: Int, pool: ThreadPool
    ) -> Result {
        let subject = LintSubject(images: images, classes: classes, store: store, pixels: pixels, channels: channels)
        let groups = ExactGroups.find(in: subject)
        let conflicts = ConflictCheck.run(subject, groups)
        let leakage = LeakageCheck.run(subject, groups)
        var used = [Bool](repeating: true, count: subject.images.count)
        for position in conflicts.leftOut + leakage.leftOut { used[position] = false }

        var findings: [LintFinding] = []
        findings += ClassSizeCheck.run(subject, used: used)
        findings += conflicts.findings
        findings += leakage.findings
        findings += DuplicateCheck.run(subject, groups, used: used)
        findings += NearCheck.run(subject, groups, used: used, pool: pool)
        findings += ConstantCheck.run(subject)
        return Result(
            findings: findings, leftOutOfTraining: used.indices.filter { !used[$0] }.map { subject.given[$0] }.sorted())
    }

    /// Whether images without a label are nearly those to judge the networks by.
    ///
    /// - Parameters:
    ///   - unlabelled: with the split `train`; none with the pixels of one of `held`.
    ///   - held: of evaluation and test.
    static func check(
        unlabelled: [LintInput], apartFrom held: [LintInput], classes: [String], store: PixelStore, pixels: Int,
        channels: Int, pool: ThreadPool
    ) -> [LintFinding] {
        guard !unlabelled.isEmpty else { return [] }
        return NearCheck.runUnlabelled(
            LintSubject(
                images: unlabelled + held, classes: classes, store: store, pixels: pixels, channels: channels),
            pool: pool)
    }
}
