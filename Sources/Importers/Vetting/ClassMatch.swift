/// Which of a teacher's outputs belongs to each class of a dataset.
public struct ClassMatch: Equatable, Sendable {
    public enum Origin: Equatable, Sendable {
        /// The same place in both.
        case sameOrder
        /// The teacher's file names its classes.
        case names
        /// From the teacher's answers.
        case answers
    }

    /// For each class of the dataset, the index of the teacher's output, or -1 where it has none.
    public let outputs: [Int]
    public let origin: Origin

    public init(outputs: [Int], origin: Origin) {
        self.outputs = outputs
        self.origin = origin
    }

    /// Whether the teacher has the dataset's classes in their order.
    public var isSameOrder: Bool { outputs == Array(outputs.indices) }

    /// By the names of both, whatever their case and punctuation; `nil` where a class has no or two counterparts.
    ///
    /// A teacher of fewer outputs than there are classes may know some of them: two at least, and each by one name.
    public static func byNames(_ classes: [String], teacher: [String]) -> ClassMatch? {
        func plain(_ name: String) -> String {
            String(String.UnicodeScalarView(name.lowercased().unicodeScalars.filter(\.properties.isAlphabetic)))
                + name.filter(\.isNumber)
        }
        var places: [String: [Int]] = [:]
        for (index, name) in teacher.enumerated() { places[plain(name), default: []].append(index) }
        var outputs: [Int] = []
        for name in classes {
            if let found = places[plain(name)], found.count == 1 {
                outputs.append(found[0])
            } else if places[plain(name)] == nil, teacher.count < classes.count {
                outputs.append(-1)
            } else {
                return nil
            }
        }
        let known = outputs.filter { $0 >= 0 }
        guard known.count >= 2, Set(known).count == known.count else { return nil }
        return ClassMatch(outputs: outputs, origin: .names)
    }

    /// From the answers: the pairing under which most are right.
    ///
    /// - Parameters:
    ///   - answers: the teacher's output for each image.
    ///   - labels: the dataset's class for each image.
    static func byAnswers(_ answers: [Int], labels: [Int], classes: Int, outputs: Int) -> ClassMatch {
        var gains = [[Double]](repeating: [Double](repeating: 0, count: outputs), count: classes)
        for (answer, label) in zip(answers, labels) { gains[label][answer] += 1 }
        // Among equals, keep the place.
        for c in 0..<min(classes, outputs) { gains[c][c] += 1e-3 }
        return ClassMatch(outputs: Assignment.best(gains), origin: .answers)
    }
}
