/// One node's inputs and attributes, as a reference operator sees them.
struct OperatorCall {
    let operation: String
    let opset: Int
    let attributes: Attributes
    /// `nil` where an optional input is left out.
    let inputs: [Tensor?]
    /// Outputs that the node names, at least 1.
    let outputCount: Int
    /// Multiplications and copies that this call may still make.
    let budget: WorkBudget

    func input(_ index: Int) throws(OperatorError) -> Tensor {
        guard let found = optional(index) else { throw OperatorError("input \(index) is missing") }
        return found
    }

    func optional(_ index: Int) -> Tensor? { index < inputs.count ? inputs[index] : nil }

    /// The values of an integer input, such as a shape.
    func integers(_ index: Int) throws(OperatorError) -> [Int]? {
        guard let found = optional(index) else { return nil }
        guard let values = found.integers else {
            throw OperatorError("input \(index) holds \(found.type), where integers are needed")
        }
        return values.map { Int($0) }
    }

    /// An attribute of older opsets that is an input in newer ones.
    func integers(_ index: Int, orAttribute name: String) throws(OperatorError) -> [Int]? {
        if let found = try attributes.ints(name) { return found }
        return try integers(index)
    }

    /// The single value of an input.
    func scalar(_ index: Int) throws(OperatorError) -> Tensor? {
        guard let found = optional(index) else { return nil }
        guard found.count == 1 else { throw OperatorError("input \(index) of shape \(found.shape) is no single value") }
        return found
    }
}

/// What an evaluation may still cost: a hostile file must not keep the importer busy.
final class WorkBudget {
    private(set) var left: Int

    init(_ operations: Int) { left = operations }

    /// Of constant folding in one file.
    static let folding = 4_000_000_000
    /// Of one image's run through operators that have no fast form.
    static let unlimited = Int.max

    func spend(_ operations: Int) throws(OperatorError) {
        guard operations <= left else {
            throw .unsupported("the constants of this file take too long to compute")
        }
        if left != Self.unlimited { left -= operations }
    }

    /// Spends a product of sizes.
    func spend(_ factors: Int...) throws(OperatorError) {
        var product = 1
        for factor in factors {
            let (next, overflow) = product.multipliedReportingOverflow(by: factor)
            guard !overflow else { throw .unsupported("the constants of this file take too long to compute") }
            product = next
        }
        try spend(product)
    }
}
