import Compression
import Foundation

/// Constants and calls of the C file. `NAME` stands for the beginning of identifiers.
struct CWriter {
    private let network: QuantizedNetwork
    private let arena: ArenaPlan
    private(set) var constants = ""
    private(set) var calls = ""
    private(set) var constantBytes = 0
    private var used: Set<String> = []
    private var count = 0

    init(_ network: QuantizedNetwork, arena: ArenaPlan, preprocessing: Preprocessing) {
        self.network = network
        self.arena = arena
        let tables = network.pixelTable(
            scale: Float(preprocessing.scale), mean: preprocessing.mean, std: preprocessing.std)
        constants = "/* What a pixel's values are as inputs, for each channel. */\n"
        constants += "static const uint8_t NAME_pixels[NAME_CHANNELS][256] = {\n"
        for table in tables { constants += "    {\(Self.lines(table.map(String.init)))},\n" }
        constants += "};\n\n"
        constantBytes = 256 * tables.count
    }

    /// Only those that are called.
    var functions: String {
        let all = [
            ("requantize", CKernelText.requantize), ("convolution", CKernelText.convolution), ("add", CKernelText.add),
            ("maximum", CKernelText.maximum), ("average", CKernelText.average),
            ("globalAverage", CKernelText.globalAverage), ("lookUp", CKernelText.lookUp),
        ]
        return all.filter { used.contains($0.0) }.map(\.1).joined(separator: "\n")
    }

    mutating func append(_ step: QuantizedNetwork.Step) {
        count += 1
        let (from, to) = (network.values[step.inputs[0]], network.values[step.output])
        let (a, b) = (from.shape, to.shape)
        let places = (step.inputs + [step.output]).map { "m + \(arena.offsets[$0])" }
        switch step.operation {
        case .convolution(let weights):
            use("requantize", "convolution")
            let g = weights.geometry
            constant("int8_t", "weight", weights.weight.map { String($0) }, bytes: 1, about: to)
            constant("int32_t", "bias", weights.bias.map { String($0) }, bytes: 4)
            constant("float", "multiplier", network.multipliers(weights, of: step).map(Self.float), bytes: 4)
            constants += """
                static const NAME_shape NAME_shape_\(count) = {\(g.height), \(g.width), \(g.channels), \(g.outputs), \
                \(g.kernelHeight), \(g.kernelWidth), \(g.stride), \(g.padTop), \(g.padLeft), \(g.groups), \
                \(g.outHeight), \(g.outWidth), \(from.zero), \(to.zero)};


                """
            constantBytes += 14 * 4
            let names = ["weight", "bias", "multiplier"].map { "NAME_\($0)_\(count)" }.joined(separator: ", ")
            call("convolution(&NAME_shape_\(count), \(places[0]), \(names), \(places[1]))")
        case .add:
            use("add")
            let sum = network.sum(step)
            let numbers = [sum.aScale, sum.bScale, sum.shift].map(Self.float).joined(separator: ", ")
            call("add(\(places[0]), \(places[1]), \(b.count), \(numbers), \(places[2]))")
        case .maxPool(let pool):
            use("maximum")
            call(
                "max_pool(\(places[0]), \(a.height), \(a.width), \(a.channels), \(pool.size), \(pool.stride), "
                    + "\(pool.padding), \(b.height), \(b.width), \(places[1]))")
        case .averagePool(let pool):
            use("requantize", "average")
            let counts = 1...pool.size * pool.size
            constant(
                "float", "multiplier", counts.map { Self.float(network.multiplier(averaging: $0, in: step)) }, bytes: 4,
                about: to)
            call(
                "average_pool(\(places[0]), \(a.height), \(a.width), \(a.channels), \(pool.size), \(pool.size), "
                    + "\(pool.stride), \(pool.padding), \(b.height), \(b.width), \(from.zero), \(to.zero), "
                    + "NAME_multiplier_\(count), \(places[1]))")
        case .globalAveragePool:
            use("requantize", "globalAverage")
            let multiplier = Self.float(network.multiplier(averaging: a.height * a.width, in: step))
            call(
                "global_average(\(places[0]), \(a.height * a.width), \(a.channels), \(from.zero), \(to.zero), "
                    + "\(multiplier), \(places[1]))")
        case .pointwise(let activation):
            use("lookUp")
            constant("uint8_t", "table", network.table(activation, of: step).map(String.init), bytes: 1, about: to)
            call("look_up(\(places[0]), \(a.count), NAME_table_\(count), \(places[1]))")
        }
    }

    private mutating func use(_ names: String...) { used.formUnion(names) }

    private mutating func call(_ text: String) { calls += "    NAME_\(text);\n" }

    private mutating func constant(
        _ type: String, _ role: String, _ values: [String], bytes: Int, about value: QuantizedNetwork.Value? = nil
    ) {
        if let value { constants += "/* \(CNames.comment(value.name).lowercased()), \(value.shape) */\n" }
        constants += "static const \(type) NAME_\(role)_\(count)[\(values.count)] = {\(Self.lines(values))};\n"
        constantBytes += bytes * values.count
    }

    /// With all its bits.
    static func float(_ value: Float) -> String { String(format: "%a", Double(value)) + "f" }

    static func lines(_ values: [String]) -> String {
        var out = ""
        for (i, value) in values.enumerated() { out += (i % 24 == 0 ? "\n    " : " ") + value + "," }
        return out
    }
}
