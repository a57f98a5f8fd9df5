/// Normalizations.
extension OperatorTable {
    static let normalizations: [String: Operator] = [
        // `spatial` (until opset 8) has one meaning here, that of later opsets: statistics for each channel.
        "BatchNormalization": Operator(since: 7, 5...5, ["epsilon", "momentum", "training_mode", "spatial"]) {
            call throws(OperatorError) in
            let x = try call.input(0)
            guard try call.attributes.flag("spatial", default: true) else {
                throw .unsupported("statistics for each pixel (spatial = 0) are not supported")
            }
            guard x.rank >= 2, x.type.isReal else { throw OperatorError("an input of \(x.type) \(x.shape)") }
            let channels = x.shape[1]
            var given: [[Double]] = []
            for index in 1...4 {
                let values = try call.input(index)
                guard values.shape == [channels] else {
                    throw OperatorError("input \(index) of shape \(values.shape) for \(channels) channels")
                }
                given.append(values.reals)
            }
            let epsilon = try call.attributes.real("epsilon", default: Double(Float(1e-5)))
            let values = x.reals
            let step = x.shape.dropFirst(2).reduce(1, *)
            var (mean, variance) = (given[2], given[3])
            let trains = try call.attributes.flag("training_mode", default: false)
            if trains { (mean, variance) = moments(values, channels: channels, step: step) }
            let factors = (0..<channels).map { given[0][$0] / (variance[$0] + epsilon).squareRoot() }
            let result = values.indices.map { i in
                let c = i / step % channels
                return (values[i] - mean[c]) * factors[c] + given[1][c]
            }
            let y = Tensor(x.type, x.shape, reals: result)
            guard trains else { return [y] }
            let momentum = try call.attributes.real("momentum", default: Double(Float(0.9)))
            let running = zip([given[2], given[3]], [mean, variance]).map { old, new in
                zip(old, new).map { $0 * momentum + $1 * (1 - momentum) }
            }
            let types = (try call.input(3).type, try call.input(4).type)
            return [
                y, Tensor(types.0, [channels], reals: running[0]), Tensor(types.1, [channels], reals: running[1]),
            ]
        },
        "InstanceNormalization": Operator(since: 6, 3...3, ["epsilon"]) { call throws(OperatorError) in
            let (x, scale, shift) = (try call.input(0), try call.input(1), try call.input(2))
            guard x.rank >= 3, x.type.isReal, scale.shape == [x.shape[1]], shift.shape == scale.shape, x.count > 0
            else { throw OperatorError("an input of \(x.type) \(x.shape), a scale of \(scale.shape)") }
            let epsilon = try call.attributes.real("epsilon", default: Double(Float(1e-5)))
            let (planes, channels) = (x.shape[0] * x.shape[1], x.shape[1])
            let (factors, shifts) = (scale.reals, shift.reals)
            let step = x.count / planes
            let values = x.reals
            // Every plane as a channel of one image.
            let (mean, variance) = moments(values, channels: planes, step: step)
            let result = values.indices.map { i in
                let plane = i / step
                let factor = factors[plane % channels] / (variance[plane] + epsilon).squareRoot()
                return (values[i] - mean[plane]) * factor + shifts[plane % channels]
            }
            return [Tensor(x.type, x.shape, reals: result)]
        },
        "LRN": Operator(1...1, ["alpha", "beta", "bias", "size"]) { call throws(OperatorError) in
            let x = try call.input(0)
            guard x.rank >= 3, x.type.isReal else { throw OperatorError("an input of \(x.type) \(x.shape)") }
            guard let size = try call.attributes.int("size"), size >= 1 else {
                throw OperatorError("attribute 'size' is missing or not positive")
            }
            let alpha = try call.attributes.real("alpha", default: 1e-4)
            let beta = try call.attributes.real("beta", default: 0.75)
            let bias = try call.attributes.real("bias", default: 1)
            let (channels, step) = (x.shape[1], x.shape.dropFirst(2).reduce(1, *))
            try call.budget.spend(x.count, min(size, channels))
            let values = x.reals
            let result = values.indices.map { i in
                let c = i / step % channels
                let (first, last) = (max(0, c - (size - 1) / 2), min(channels - 1, c + size / 2))
                var sum = 0.0
                for other in first...last {
                    let value = values[i + (other - c) * step]
                    sum += value * value
                }
                return values[i] * power(bias + alpha / Double(size) * sum, -beta)
            }
            return [Tensor(x.type, x.shape, reals: result)]
        },
    ]

    /// Mean and variance (of the population) of each channel of N,C,....
    private static func moments(_ values: [Double], channels: Int, step: Int) -> (mean: [Double], variance: [Double]) {
        let count = Double(max(values.count / max(channels, 1), 1))
        var mean = [Double](repeating: 0, count: channels)
        var variance = mean
        for i in values.indices { mean[i / step % channels] += values[i] / count }
        for i in values.indices {
            let distance = values[i] - mean[i / step % channels]
            variance[i / step % channels] += distance * distance / count
        }
        return (mean, variance)
    }
}
