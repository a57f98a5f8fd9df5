#if canImport(Glibc)
    import Glibc
#endif

/// Adds up answers image by image, in their order.
struct EvaluationTally {
    private let classes: Int
    private var answers: [Evaluation.Answer] = []
    private var confusion: [[Int]]
    private var loss = 0.0

    init(count: Int, classes: Int) {
        self.classes = classes
        answers.reserveCapacity(count)
        confusion = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
    }

    /// - Parameter logits: one for each class.
    mutating func add(_ logits: UnsafePointer<Float>, label: Int) {
        let predicted = logits.largest(classes)
        let normalizer = logits.logSumExp(classes)
        loss += Double(normalizer - logits[label])
        confusion[label][predicted] += 1
        answers.append(
            Evaluation.Answer(
                label: Int32(label), predicted: Int32(predicted), confidence: exp(logits[predicted] - normalizer),
                labelProbability: exp(logits[label] - normalizer)))
    }

    var evaluation: Evaluation {
        Evaluation(
            loss: answers.isEmpty ? 0 : loss / Double(answers.count), answers: answers, confusion: confusion)
    }
}
