extension ImportedModel {
    /// Constants of its convolutions, linear layers, scalings and slopes, with norms folded in.
    public var parameterCount: Int {
        plan.steps.reduce(0) { sum, step in
            switch step.kind {
            case .convolution(let planned, _): sum + planned.weights.count + planned.bias.count
            case .affine(let planned, _, _, _): sum + planned.scale.count + planned.shift.count
            case .prelu(_, let slope, _): sum + slope.count
            default: sum
            }
        }
    }

    /// Floats of all values that an image becomes.
    public var activationCount: Int { plan.storages.reduce(0, +) }

    /// Of convolutions and linear layers, for one image.
    public var multiplyAccumulates: Int {
        plan.steps.reduce(0) { sum, step in
            guard case .convolution(let planned, _) = step.kind else { return sum }
            let g = planned.geometry
            return sum + g.outHeight * g.outWidth * g.weightCount
        }
    }
}
