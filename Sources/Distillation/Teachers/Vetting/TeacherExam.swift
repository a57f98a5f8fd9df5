/// How a teacher does on the evaluation split: part of the report.
public struct TeacherExam: Codable, Sendable, Equatable {
    /// Images.
    public var count: Int
    /// Share of right answers, 0...1.
    public var accuracy: Double
    /// Of each class, its images, and the share of them that the teacher sees; 0 where there are none.
    public var classCounts: [Int]
    public var recall: [Double]
    public var calibration: Calibration

    /// - Parameter answers: at least one.
    public init(_ answers: HeldOutAnswers) {
        var images = [Int](repeating: 0, count: answers.classes)
        var right = images
        for (label, predicted) in zip(answers.labels, answers.predictions) {
            images[Int(label)] += 1
            if label == predicted { right[Int(label)] += 1 }
        }
        count = answers.count
        accuracy = Double(right.reduce(0, +)) / Double(answers.count)
        classCounts = images
        recall = zip(right, images).map { $1 == 0 ? 0 : Double($0) / Double($1) }
        calibration = Calibration(answers)
    }

    /// The share of right answers about the images of some classes, of one with these recalls; of all where there are no
    /// such images.
    func accuracy(_ recall: [Double], of classes: Set<Int>) -> Double {
        let images = classes.reduce(0) { $0 + classCounts[$1] }
        guard images > 0 else { return accuracy(recall, of: Set(recall.indices)) }
        return classes.sorted().reduce(0) { $0 + recall[$1] * Double(classCounts[$1]) } / Double(images)
    }

    /// The share of right answers of one who always names the most frequent class.
    public var majority: Double { Double(classCounts.max() ?? 0) / Double(max(count, 1)) }

    /// The recall of a class as a weight: (right + 1) / (images + 2), since few images tell little (Laplace's rule of
    /// succession).
    public func classWeight(_ c: Int) -> Float {
        let right = recall[c] * Double(classCounts[c])
        return Float((right + 1) / (Double(classCounts[c]) + 2))
    }
}

/// How far several teachers agree on the evaluation split.
public struct TeacherAgreement: Codable, Sendable, Equatable {
    /// `pairs[a][b]`: share of images about which teachers a and b say the same.
    public var pairs: [[Double]]
    /// Share of images about which all say the same.
    public var unanimous: Double
    /// Share of images that at least one of them sees: what the best choice among them could reach.
    public var anyRight: Double
    /// Share of images that the mean of their probabilities, with their weights, sees.
    public var together: Double

    /// - Parameters:
    ///   - answers: of each teacher to the same images; at least one teacher and one image.
    ///   - weights: of each teacher.
    public init(_ answers: [HeldOutAnswers], weights: [Double]) {
        precondition(!answers.isEmpty && answers.count == weights.count && answers[0].count > 0)
        let (count, classes) = (answers[0].count, answers[0].classes)
        precondition(answers.allSatisfy { $0.labels == answers[0].labels && $0.classes == classes })
        let predictions = answers.map(\.predictions)
        func share(_ isCounted: (Int) -> Bool) -> Double {
            Double((0..<count).count { isCounted($0) }) / Double(count)
        }
        pairs = predictions.map { a in predictions.map { b in share { a[$0] == b[$0] } } }
        unanimous = share { i in predictions.allSatisfy { $0[i] == predictions[0][i] } }
        anyRight = share { i in predictions.contains { $0[i] == answers[0].labels[i] } }
        var mean = [Float](repeating: 0, count: count * classes)
        var row = [Float](repeating: 0, count: classes)
        for (one, weight) in zip(answers, weights) {
            one.logits.withUnsafeBufferPointer { all in
                guard let base = all.baseAddress else { return }
                for i in 0..<count {
                    (base + i * classes).softmax(classes, inverseTemperature: 1, into: &row)
                    for c in 0..<classes { mean[i * classes + c] += Float(weight) * row[c] }
                }
            }
        }
        let mixed = HeldOutAnswers(logits: mean, labels: answers[0].labels, classes: classes).predictions
        together = share { mixed[$0] == answers[0].labels[$0] }
    }
}
