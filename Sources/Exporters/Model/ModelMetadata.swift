/// What travels inside a model's file besides its weights.
public struct ModelMetadata: Sendable, Equatable, Codable {
    /// Of the job: becomes the graph's name.
    public var name: String
    /// In the order of the logits.
    public var classes: [String]
    public var preprocessing: Preprocessing
    /// Further facts, by dotted keys that tell their origin: `job.id`, `dataset.sha256`, `test.accuracy`.
    public var facts: [String: String]

    public init(name: String, classes: [String], preprocessing: Preprocessing, facts: [String: String] = [:]) {
        self.name = name
        self.classes = classes
        self.preprocessing = preprocessing
        self.facts = facts
    }

    /// The lines of `labels.txt`: a class a line, in the order of the logits. A line break in a name becomes a space.
    public var labelsFile: String {
        classes.map { name in
            String(String.UnicodeScalarView(name.unicodeScalars.map { $0.properties.isWhitespace ? " " : $0 })) + "\n"
        }.joined()
    }
}
