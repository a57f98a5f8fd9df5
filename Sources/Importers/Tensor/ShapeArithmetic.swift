/// Sizes from a file are hostile until they have been through these.
enum ShapeArithmetic {
    /// Elements of the largest tensor that is made: 512 MiB of `Int64`.
    static let largestCount = 1 << 26
    /// Elements of the largest tensor in a file, whose values have to be there.
    static let largestStored = 1 << 29
    static let largestRank = 16

    /// The number of elements of a shape.
    static func count(_ shape: [Int], limit: Int = largestCount) throws(OperatorError) -> Int {
        guard shape.count <= largestRank else {
            throw OperatorError("a shape of \(shape.count) dimensions; at most \(largestRank) are supported")
        }
        var count = 1
        // A zero makes the product small, whatever the others are.
        if shape.contains(0) { count = 0 }
        for size in shape {
            guard size >= 0 else { throw OperatorError("the shape \(shape) has a negative size") }
            guard size <= limit else { throw tooLarge(shape, limit) }
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow, product <= limit else { throw tooLarge(shape, limit) }
            count = product
        }
        return count
    }

    /// The shape that both broadcast to (numpy's rules, as ONNX's since opset 7).
    static func broadcast(_ a: [Int], _ b: [Int]) throws(OperatorError) -> [Int] {
        let rank = max(a.count, b.count)
        var result = [Int](repeating: 1, count: rank)
        for axis in 0..<rank {
            let x = axis < rank - a.count ? 1 : a[axis - (rank - a.count)]
            let y = axis < rank - b.count ? 1 : b[axis - (rank - b.count)]
            guard x == y || x == 1 || y == 1 else {
                throw OperatorError("the shapes \(a) and \(b) do not broadcast to each other")
            }
            result[axis] = x == 1 ? y : x
        }
        _ = try count(result)
        return result
    }

    /// An axis in 0..<rank, counted from the end where it is negative.
    static func axis(_ axis: Int, rank: Int) throws(OperatorError) -> Int {
        guard axis >= -rank, axis < rank else { throw OperatorError("axis \(axis) of a tensor of \(rank) dimensions") }
        return axis < 0 ? axis + rank : axis
    }

    /// Axes without repetition.
    static func axes(_ axes: [Int], rank: Int) throws(OperatorError) -> [Int] {
        var result: [Int] = []
        for given in axes {
            let axis = try axis(given, rank: rank)
            guard !result.contains(axis) else { throw OperatorError("the axes \(axes) name one axis twice") }
            result.append(axis)
        }
        return result
    }

    private static func tooLarge(_ shape: [Int], _ limit: Int) -> OperatorError {
        OperatorError("a tensor of shape \(shape) is larger than the limit of \(limit) values")
    }
}
