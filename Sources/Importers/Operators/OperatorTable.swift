/// An operator of the ONNX standard that distilld knows.
struct Operator: Sendable {
    typealias Body = @Sendable (OperatorCall) throws(OperatorError) -> [Tensor]

    /// The first opset whose definition is the one implemented (later changes are handled within).
    let since: Int
    let inputs: ClosedRange<Int>
    /// Attributes that have a meaning here; any other is refused, since ignoring it might change the result.
    let attributes: Set<String>
    let run: Body

    init(
        since: Int = 1, _ inputs: ClosedRange<Int>, _ attributes: Set<String> = [], run: @escaping Body
    ) {
        self.since = since
        self.inputs = inputs
        self.attributes = attributes
        self.run = run
    }
}

/// All operators, by their names in the standard's default domain (https://onnx.ai/onnx/operators).
enum OperatorTable {
    static let all: [String: Operator] = {
        var table: [String: Operator] = [:]
        let families = [
            activations, unary, arithmetic, comparisons, convolutions, pools, products, normalizations, shapes, slices,
            reductions, softmaxes, constants, quantization, resizing,
        ]
        for family in families { table.merge(family) { first, _ in first } }
        return table
    }()

    /// Operators that are known and refused, with the reason.
    static let refused: [String: String] = [
        "ConvTranspose": "it enlarges images, which classifiers do not do; networks that draw are no teachers",
        "If": "control flow is not supported", "Loop": "control flow is not supported",
        "Scan": "control flow is not supported", "LSTM": "recurrent networks are not supported",
        "GRU": "recurrent networks are not supported", "RNN": "recurrent networks are not supported",
        "SplitToSequence": "sequences of tensors are not supported",
        "NonMaxSuppression": "detectors are not supported: a teacher must give one row of logits an image",
        "RandomNormal": "its result is random", "RandomUniform": "its result is random",
        "RandomNormalLike": "its result is random", "RandomUniformLike": "its result is random",
        "Bernoulli": "its result is random", "Multinomial": "its result is random",
    ]

    /// The operator of a node, or why there is none.
    static func find(_ name: String, domain: String, opset: Int) throws(OperatorError) -> Operator {
        guard domain.isEmpty || domain == "ai.onnx" else {
            throw .unsupported(
                "operator \(name) of domain '\(domain)' is not supported, only those of the ONNX standard")
        }
        if let reason = refused[name] { throw .unsupported("operator \(name) is not supported: \(reason)") }
        guard let found = all[name] else { throw .unsupported("operator \(name) is not supported") }
        guard opset >= found.since else {
            throw .unsupported("operator \(name) is supported from opset \(found.since) on")
        }
        return found
    }
}

extension Operator {
    /// Runs the operator after a check of the number of inputs and of the attributes' names.
    func evaluate(_ call: OperatorCall) throws(OperatorError) -> [Tensor] {
        try check(inputs: call.inputs.count, attributes: call.attributes)
        let results = try run(call)
        guard results.count >= call.outputCount else {
            throw OperatorError("it has \(results.count) outputs here, and the node names \(call.outputCount)")
        }
        return Array(results.prefix(call.outputCount))
    }

    func check(inputs count: Int, attributes given: Attributes) throws(OperatorError) {
        guard inputs.contains(count) else {
            let wanted =
                inputs.lowerBound == inputs.upperBound
                ? "\(inputs.lowerBound)" : "\(inputs.lowerBound) to \(inputs.upperBound)"
            throw OperatorError("it has \(count) inputs, where \(wanted) are needed")
        }
        for name in given.names where !attributes.contains(name) {
            throw .unsupported("attribute '\(name)' is not supported")
        }
    }
}
