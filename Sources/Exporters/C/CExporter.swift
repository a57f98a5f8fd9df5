import Compression
import Foundation
import Networks

/// Writes a quantized network as one C99 file: no heap, no library, not even the mathematical one.
///
/// `NAME_predict` takes pixels as they are, H,W,C of 0...255, and gives logits of 8 bits, larger for likelier classes;
/// `NAME_predict_f` gives the same logits as real numbers; for single precision throughout there is `FloatCExporter`. Both
/// give to the bit what `IntegerNetwork` does. In the
/// manner of single-file libraries, the functions' bodies come where `NAME_IMPLEMENTATION` is defined.
public struct CExporter {
    /// The file, the same for the same arguments.
    public let text: String
    /// The beginning of all identifiers.
    public let name: String
    /// Of activations, all that it writes to besides the stack.
    public let arenaBytes: Int
    /// Of weights, biases, multipliers and tables, without code and class names.
    public let constantBytes: Int

    /// - Throws: `ExportError`.
    public init(_ network: QuantizedNetwork, metadata: ModelMetadata, producerVersion: String) throws {
        try ExportError.check(metadata, input: network.input.shape, classes: network.classes)
        name = CNames.identifier(metadata.name)
        let arena = ArenaPlan(network)
        arenaBytes = arena.count
        var writer = CWriter(network, arena: arena, preprocessing: metadata.preprocessing)
        for step in network.steps { writer.append(step) }
        constantBytes = writer.constantBytes
        let (name, arenaBytes, constantBytes) = (name, arenaBytes, constantBytes)
        let shape = network.input.shape
        let output = network.output
        let logits = arena.offsets[network.steps[network.steps.count - 1].output]
        let labels = metadata.classes.map { "    \(CNames.literal($0))," }.joined(separator: "\n")
        let order = metadata.preprocessing.channelOrder == .rgb ? "red, green, blue" : "grey"
        // In lower case, node names hold none of the words that are replaced below.
        let template = """
            /* \u{1}: names what is in an image, in 8-bit integers. Made by distilld \u{2}.

               In one of your files, before this one is included:

                   #define NAME_IMPLEMENTATION

               Then NAME_predict(pixels, logits) takes NAME_HEIGHT rows of NAME_WIDTH pixels of NAME_CHANNELS bytes
               (\(order)), as they are: normalisation is part of it. The largest logit tells the class.
               It needs NAME_ARENA_BYTES bytes of memory, which two calls at a time must not share, and
               NAME_CONSTANT_BYTES bytes of constants besides its code.

               Images are to be resized as for training: \u{3}. */
            #ifndef UPPER_H
            #define UPPER_H

            #include <stdint.h>

            #define NAME_WIDTH \(shape.width)
            #define NAME_HEIGHT \(shape.height)
            #define NAME_CHANNELS \(shape.channels)
            #define NAME_CLASSES \(network.classes)
            #define NAME_ARENA_BYTES \(arenaBytes)
            #define NAME_CONSTANT_BYTES \(constantBytes)

            #ifdef __cplusplus
            extern "C" {
            #endif

            /* The classes' names in the order of the logits, UTF-8. */
            extern const char *const NAME_labels[NAME_CLASSES];

            /* A real logit is (logit + 128 - zero) * scale with zero \(output.zero) and scale \(output.scale). */
            void NAME_predict(const uint8_t *pixels, int8_t *logits);

            /* The same as real numbers. */
            void NAME_predict_f(const uint8_t *pixels, float *logits);

            #ifdef __cplusplus
            }
            #endif

            #endif /* UPPER_H */

            #ifdef NAME_IMPLEMENTATION
            #ifndef NAME_IMPLEMENTED
            #define NAME_IMPLEMENTED

            const char *const NAME_labels[NAME_CLASSES] = {
            \u{4}
            };

            static uint8_t NAME_arena[NAME_ARENA_BYTES];

            \(writer.functions)
            \(writer.constants)
            /* The logits, in the arena. */
            static const uint8_t *NAME_run(const uint8_t *pixels) {
                uint8_t *const m = NAME_arena;
                for (int i = 0; i < NAME_WIDTH * NAME_HEIGHT; i++)
                    for (int c = 0; c < NAME_CHANNELS; c++)
                        m[\(arena.offsets[0]) + i * NAME_CHANNELS + c] = NAME_pixels[c][pixels[i * NAME_CHANNELS + c]];
            \(writer.calls)    return m + \(logits);
            }

            void NAME_predict(const uint8_t *pixels, int8_t *logits) {
                const uint8_t *found = NAME_run(pixels);
                for (int i = 0; i < NAME_CLASSES; i++) logits[i] = (int8_t)(found[i] - 128);
            }

            void NAME_predict_f(const uint8_t *pixels, float *logits) {
                const uint8_t *found = NAME_run(pixels);
                for (int i = 0; i < NAME_CLASSES; i++) logits[i] = (float)(found[i] - \(output.zero)) * \(CWriter.float(output.scale));
            }

            #endif /* NAME_IMPLEMENTED */
            #endif /* NAME_IMPLEMENTATION */

            """
        // What users wrote comes last, so that nothing in it is replaced.
        text = template.replacing("UPPER", with: name.uppercased()).replacing("NAME", with: name)
            .replacing("\u{1}", with: CNames.comment(metadata.name))
            .replacing("\u{2}", with: CNames.comment(producerVersion))
            .replacing("\u{3}", with: CNames.comment(metadata.preprocessing.resizing))
            .replacing("\u{4}", with: labels)
    }
}

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
