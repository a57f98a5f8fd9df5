/// The sizes, scales and modes of a Resize or Upsample node
/// (https://onnx.ai/onnx/operators/onnx__Resize.html gives the formulae).
struct ResizeRequest {
    enum Mode: String { case nearest, linear, cubic }

    private(set) var sizes: [Int]
    private(set) var scales: [Double]
    /// Of the output before they are whole: the standard's reference reckons with those where scales are given.
    private var lengths: [Double]
    private let input: [Int]
    /// Part of the input that is resized, for `tf_crop_and_resize`: start and end of each axis, 0...1.
    private var region: [(start: Double, end: Double)]
    private let mode: Mode
    private let transformation, nearest: String
    private let cubic: Double
    private let excludesOutside, antialiases: Bool
    let fill: Double

    /// Whether points outside of the input get `fill`.
    var fillsOutside: Bool { transformation == "tf_crop_and_resize" }

    init(_ call: OperatorCall, shape: [Int]) throws(OperatorError) {
        let attributes = call.attributes
        let isOld = call.opset < 11
        let name = try attributes.string("mode", default: "nearest")
        guard let mode = Mode(rawValue: name == "bilinear" ? "linear" : name) else {
            throw OperatorError("attribute 'mode' is '\(name)'")
        }
        self.mode = mode
        // Before opset 11 there was one transformation, and nearest meant the pixel below or, where the image shrinks,
        // above: the text of the standard leaves it open, ONNX Runtime does this.
        transformation =
            isOld ? "asymmetric" : try attributes.string("coordinate_transformation_mode", default: "half_pixel")
        nearest = isOld ? "floor_or_ceil" : try attributes.string("nearest_mode", default: "round_prefer_floor")
        cubic = try attributes.real("cubic_coeff_a", default: -0.75)
        excludesOutside = try attributes.flag("exclude_outside", default: false)
        antialiases = try attributes.flag("antialias", default: false)
        fill = try attributes.real("extrapolation_value", default: 0)
        guard
            [
                "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
                "tf_crop_and_resize", "tf_half_pixel_for_nn",
            ].contains(transformation)
        else { throw OperatorError("attribute 'coordinate_transformation_mode' is '\(transformation)'") }
        guard isOld || ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"].contains(nearest) else {
            throw OperatorError("attribute 'nearest_mode' is '\(nearest)'")
        }
        input = shape
        sizes = shape
        scales = [Double](repeating: 1, count: shape.count)
        lengths = shape.map(Double.init)
        region = shape.map { _ in (0, 1) }

        let axes = try ShapeArithmetic.axes(try attributes.ints("axes") ?? Array(shape.indices), rank: shape.count)
        let given = try attributes.reals("scales") ?? call.optional(isOld ? 1 : 2)?.reals ?? []
        let wanted = isOld ? nil : try call.integers(3)
        if !given.isEmpty {
            guard given.count == axes.count, wanted?.isEmpty ?? true else {
                throw OperatorError("\(given.count) scales for \(axes.count) axes, or scales and sizes at once")
            }
            try set(scales: given, axes: axes)
        } else if let wanted {
            guard wanted.count == axes.count else {
                throw OperatorError("\(wanted.count) sizes for \(axes.count) axes")
            }
            let policy = try attributes.string("keep_aspect_ratio_policy", default: "stretch")
            try set(sizes: wanted, axes: axes, policy: policy)
        } else {
            throw OperatorError("it has neither scales nor sizes")
        }
        if fillsOutside {
            guard let roi = call.optional(1)?.reals, roi.count == 2 * axes.count else {
                throw OperatorError("tf_crop_and_resize needs a region")
            }
            for (i, axis) in axes.enumerated() { region[axis] = (roi[i], roi[i + axes.count]) }
        }
    }

    private mutating func set(scales given: [Double], axes: [Int]) throws(OperatorError) {
        for (i, axis) in axes.enumerated() {
            // In single precision, as the standard's shape inference has it: 5 by 2.6 are 13.
            let length = Float(input[axis]) * Float(given[i])
            let size = length.rounded(.down)
            guard given[i] > 0, size.isFinite, size <= Float(ShapeArithmetic.largestCount) else {
                throw OperatorError("a scale of \(given[i])")
            }
            scales[axis] = given[i]
            lengths[axis] = Double(length)
            sizes[axis] = Int(size)
        }
    }

    private mutating func set(sizes wanted: [Int], axes: [Int], policy: String) throws(OperatorError) {
        guard wanted.allSatisfy({ $0 >= 0 && $0 <= ShapeArithmetic.largestCount }) else {
            throw OperatorError("sizes of \(wanted)")
        }
        let ratios = axes.indices.map { Double(wanted[$0]) / Double(max(input[axes[$0]], 1)) }
        let common: Double?
        switch policy {
        case "stretch": common = nil
        case "not_larger": common = ratios.min()
        case "not_smaller": common = ratios.max()
        default: throw OperatorError("attribute 'keep_aspect_ratio_policy' is '\(policy)'")
        }
        for (i, axis) in axes.enumerated() {
            scales[axis] = common ?? ratios[i]
            let exact = (common ?? 1) * Double(input[axis])
            guard exact < Double(ShapeArithmetic.largestCount) else { throw OperatorError("sizes of \(wanted)") }
            sizes[axis] = common == nil ? wanted[i] : Int((exact + 0.5).rounded(.down))
            lengths[axis] = common == nil ? Double(wanted[i]) : exact
        }
    }

    func isUnchanged(_ axis: Int) -> Bool { sizes[axis] == input[axis] && scales[axis] == 1 && !fillsOutside }

    /// Where output `index` lies in the input: in single precision, so that what is on the border of two pixels is there
    /// for everyone.
    func coordinate(_ index: Int, axis: Int) -> Double {
        let (start, end) = (Float(region[axis].start), Float(region[axis].end))
        return Double(coordinate(Float(index), axis: axis, start: start, end: end))
    }

    private func coordinate(_ x: Float, axis: Int, start: Float, end: Float) -> Float {
        let scale = Float(scales[axis])
        let (size, made, length) = (Float(input[axis]), Float(sizes[axis]), Float(lengths[axis]))
        switch transformation {
        // The first output alone is at 0, whatever the length.
        case "align_corners": return x == 0 || length == 1 ? 0 : x * (size - 1) / (length - 1)
        case "asymmetric": return x / scale
        case "pytorch_half_pixel": return made == 1 ? -0.5 : (x + 0.5) / scale - 0.5
        case "tf_half_pixel_for_nn": return (x + 0.5) / scale
        case "half_pixel_symmetric":
            // Keeps the middle where the size is not a whole multiple of the scale.
            let adjustment = made / (scale * size)
            let offset = size / 2 * (1 - adjustment)
            return offset + (x + 0.5) / scale - 0.5
        case "tf_crop_and_resize":
            return made == 1
                ? 0.5 * (start + end) * (size - 1) : start * (size - 1) + x * (end - start) * (size - 1) / (made - 1)
        default: return (x + 0.5) / scale - 0.5
        }
    }

    /// The weighted inputs of each coordinate.
    func taps(_ coordinates: [Double], size: Int, scale: Double) throws(OperatorError) -> [[ResizePlan.Tap]] {
        coordinates.map { x in
            if mode == .nearest {
                return [ResizePlan.Tap(index: min(max(rounded(x, scale: scale), 0), size - 1), weight: 1)]
            }
            // Antialiasing widens the filter when the image shrinks.
            let width = antialiases && scale < 1 ? scale : 1
            let reach = (mode == .linear ? 1 : 2) / width
            let first = Int((x - reach).rounded(.down)) + 1
            let last = max(first, Int((x + reach).rounded(.up)) - 1)
            var taps: [ResizePlan.Tap] = []
            var sum = 0.0
            for index in first...last {
                let isOutside = index < 0 || index >= size
                let weight = filter((Double(index) - x) * width)
                if weight == 0 || (isOutside && excludesOutside) { continue }
                sum += weight
                taps.append(ResizePlan.Tap(index: min(max(index, 0), size - 1), weight: weight))
            }
            if (antialiases && width < 1) || excludesOutside, sum != 0 {
                for i in taps.indices { taps[i].weight /= sum }
            }
            return taps
        }
    }

    /// The weight of an input at a distance, in pixels.
    private func filter(_ distance: Double) -> Double {
        let d = abs(distance)
        if mode == .linear { return max(0, 1 - d) }
        // Keys, "Cubic convolution interpolation for digital image processing" (1981).
        if d < 1 { return ((cubic + 2) * d - (cubic + 3)) * d * d + 1 }
        if d < 2 { return ((cubic * d - 5 * cubic) * d + 8 * cubic) * d - 4 * cubic }
        return 0
    }

    private func rounded(_ x: Double, scale: Double) -> Int {
        switch nearest {
        case "floor_or_ceil": Int(x.rounded(scale < 1 ? .up : .down))
        case "floor": Int(x.rounded(.down))
        case "ceil": Int(x.rounded(.up))
        case "round_prefer_ceil": Int((x + 0.5).rounded(.down))
        default: Int((x - 0.5).rounded(.up))
        }
    }
}
