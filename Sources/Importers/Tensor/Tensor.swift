/// An N-dimensional array in row-major order: what the reference operators compute with.
///
/// Floating-point values are kept as `Float` (types of up to 32 bits) or `Double`, integers and booleans as `Int64`;
/// each value is one that its type has.
struct Tensor: Sendable {
    enum Values: Sendable {
        case float([Float])
        case double([Double])
        case integer([Int64])
    }

    let type: ElementType
    let shape: [Int]
    let values: Values

    var count: Int { shape.reduce(1, *) }
    var rank: Int { shape.count }

    /// - Precondition: as many values as the shape has elements, of the kind that the type is kept as.
    init(_ type: ElementType, _ shape: [Int], _ values: Values) {
        let (count, matches): (Int, Bool) =
            switch values {
            case .float(let v): (v.count, type.isReal && type != .double)
            case .double(let v): (v.count, type == .double)
            case .integer(let v): (v.count, !type.isReal)
            }
        precondition(matches && count == shape.reduce(1, *), "\(count) values for \(type) \(shape)")
        self.type = type
        self.shape = shape
        self.values = values
    }

    /// Values of a floating-point type, rounded to it.
    init(_ type: ElementType, _ shape: [Int], reals: [Double]) {
        switch type {
        case .double: self.init(type, shape, .double(reals))
        case .float: self.init(type, shape, .float(reals.map { Float($0) }))
        default: self.init(type, shape, .float(reals.map { Float(type.round($0)) }))
        }
    }

    /// Values of an integer type, wrapped to it.
    init(_ type: ElementType, _ shape: [Int], integers: [Int64]) {
        self.init(type, shape, .integer(type == .int64 ? integers : integers.map { type.wrap($0) }))
    }

    static func indices(_ values: [Int]) -> Tensor { Tensor(.int64, [values.count], integers: values.map(Int64.init)) }

    /// As floating-point numbers.
    var reals: [Double] {
        switch values {
        case .float(let v): v.map { Double($0) }
        case .double(let v): v
        case .integer(let v): v.map { Double($0) }
        }
    }

    /// As single-precision numbers.
    var floats: [Float] {
        switch values {
        case .float(let v): v
        case .double(let v): v.map { Float($0) }
        case .integer(let v): v.map { Float($0) }
        }
    }

    /// The values of an integer type; `nil` for others.
    var integers: [Int64]? {
        if case .integer(let v) = values { v } else { nil }
    }

    /// The same values with another shape of as many elements.
    func reshaped(_ shape: [Int]) -> Tensor { Tensor(type, shape, values) }
}

extension Tensor {
    /// Steps from an element to the next along each axis.
    static func strides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        return strides
    }

    /// The element at `offset` plus the sum of index times stride, for each index of `shape` in order.
    ///
    /// - Precondition: every such position lies in the tensor.
    func gathered(_ shape: [Int], strides: [Int], offset: Int = 0) -> Tensor {
        func gather<T>(_ source: [T]) -> [T] {
            let count = shape.reduce(1, *)
            guard count > 0 else { return [] }
            var result: [T] = []
            result.reserveCapacity(count)
            var index = [Int](repeating: 0, count: shape.count)
            var position = offset
            while true {
                result.append(source[position])
                var axis = shape.count - 1
                while axis >= 0 {
                    index[axis] += 1
                    position += strides[axis]
                    if index[axis] < shape[axis] { break }
                    position -= strides[axis] * shape[axis]
                    index[axis] = 0
                    axis -= 1
                }
                if axis < 0 { return result }
            }
        }
        switch values {
        case .float(let v): return Tensor(type, shape, .float(gather(v)))
        case .double(let v): return Tensor(type, shape, .double(gather(v)))
        case .integer(let v): return Tensor(type, shape, .integer(gather(v)))
        }
    }

    /// Repeated along axes of length 1 to a shape that it broadcasts to.
    func expanded(_ target: [Int]) -> Tensor {
        if shape == target { return self }
        let missing = target.count - rank
        let own = Tensor.strides(shape)
        let strides = target.indices.map { $0 < missing || shape[$0 - missing] == 1 ? 0 : own[$0 - missing] }
        return gathered(target, strides: strides)
    }

    /// The elements at the given positions.
    func picked(_ positions: [Int], _ shape: [Int]) -> Tensor {
        switch values {
        case .float(let v): Tensor(type, shape, .float(positions.map { v[$0] }))
        case .double(let v): Tensor(type, shape, .double(positions.map { v[$0] }))
        case .integer(let v): Tensor(type, shape, .integer(positions.map { v[$0] }))
        }
    }
}
