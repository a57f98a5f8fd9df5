import Compression
import Compute
import Foundation
import Networks

/// Writes a network in single precision as one C99 file without heap and library: the twin of what `CExporter` writes, for
/// devices with a floating-point unit, and to see what 8 bits cost.
///
/// `NAME_float_predict` takes pixels as they are and gives real logits, as near to `InferenceNetwork` as another order of
/// additions leaves them. Its names are its own, so that a program may have both files.
public struct FloatCExporter {
    /// The file, the same for the same arguments.
    public let text: String
    /// The beginning of all identifiers.
    public let name: String
    /// Of activations, all that it writes to besides the stack.
    public let arenaBytes: Int
    /// Of weights and biases, without code and class names.
    public let constantBytes: Int

    /// - Throws: `ExportError`.
    public init(
        graph: Graph, parameters: ParameterBuffer, metadata: ModelMetadata, producerVersion: String
    ) throws {
        try ExportError.check(metadata, input: graph.input, classes: graph.classes)
        let device = DeviceGraph(graph, parameters)
        let arena = ArenaPlan(device)
        var writer = FloatCWriter(device, arena: arena)
        for step in device.steps { writer.append(step) }
        name = CNames.identifier(metadata.name) + "_float"
        arenaBytes = 4 * arena.count
        constantBytes = writer.constantBytes
        let p = metadata.preprocessing
        let channels = (0..<graph.input.channels).map {
            "{\(CWriter.float(Float(p.scale) / p.std[$0])), \(CWriter.float(-p.mean[$0] / p.std[$0]))}"
        }
        let labels = metadata.classes.map { "    \(CNames.literal($0))," }.joined(separator: "\n")
        let template = """
            /* \u{1}: names what is in an image, in single precision. Made by distilld \u{2}.

               In one of your files, before this one is included:

                   #define NAME_IMPLEMENTATION

               Then NAME_predict(pixels, logits) takes NAME_HEIGHT rows of NAME_WIDTH pixels of NAME_CHANNELS bytes
               (\(p.channelOrder == .rgb ? "red, green, blue" : "grey")), as they are: normalisation is part of it. The \
            largest logit tells the class.
               It needs NAME_ARENA_BYTES bytes of memory, which two calls at a time must not share, and
               NAME_CONSTANT_BYTES bytes of constants besides its code.

               Images are to be resized as for training: \u{3}. */
            #ifndef UPPER_H
            #define UPPER_H

            #include <stdint.h>

            #define NAME_WIDTH \(graph.input.width)
            #define NAME_HEIGHT \(graph.input.height)
            #define NAME_CHANNELS \(graph.input.channels)
            #define NAME_CLASSES \(graph.classes)
            #define NAME_ARENA_BYTES \(arenaBytes)
            #define NAME_CONSTANT_BYTES \(constantBytes)

            #ifdef __cplusplus
            extern "C" {
            #endif

            /* The classes' names in the order of the logits, UTF-8. */
            extern const char *const NAME_labels[NAME_CLASSES];

            void NAME_predict(const uint8_t *pixels, float *logits);

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

            static float NAME_arena[NAME_ARENA_BYTES / 4];

            /* Factor and term of each channel's values. */
            static const float NAME_channels[NAME_CHANNELS][2] = {\(channels.joined(separator: ", "))};

            \(writer.functions)
            \(writer.constants)
            void NAME_predict(const uint8_t *pixels, float *logits) {
                float *const m = NAME_arena;
                for (int i = 0; i < NAME_WIDTH * NAME_HEIGHT; i++)
                    for (int c = 0; c < NAME_CHANNELS; c++)
                        m[\(arena.offsets[0]) + i * NAME_CHANNELS + c] =
                            (float)pixels[i * NAME_CHANNELS + c] * NAME_channels[c][0] + NAME_channels[c][1];
            \(writer.calls)    for (int i = 0; i < NAME_CLASSES; i++) logits[i] = m[\(arena.offsets[device.output]) + i];
            }

            #endif /* NAME_IMPLEMENTED */
            #endif /* NAME_IMPLEMENTATION */

            """
        // What users wrote comes last, so that nothing in it is replaced.
        text = template.replacing("UPPER", with: name.uppercased()).replacing("NAME", with: name)
            .replacing("\u{1}", with: CNames.comment(metadata.name))
            .replacing("\u{2}", with: CNames.comment(producerVersion))
            .replacing("\u{3}", with: CNames.comment(p.resizing))
            .replacing("\u{4}", with: labels)
    }
}

/// Constants and calls of the file. `NAME` stands for the beginning of identifiers.
private struct FloatCWriter {
    private let graph: DeviceGraph
    private let arena: ArenaPlan
    private(set) var constants = ""
    private(set) var calls = ""
    private(set) var constantBytes = 0
    private var used: Set<String> = []
    private var count = 0

    init(_ graph: DeviceGraph, arena: ArenaPlan) {
        self.graph = graph
        self.arena = arena
    }

    /// Only those that are called.
    var functions: String {
        let all = [
            ("activate", FloatCKernelText.activate), ("convolution", FloatCKernelText.convolution),
            ("add", FloatCKernelText.add), ("pool", FloatCKernelText.pool), ("pointwise", FloatCKernelText.pointwise),
        ]
        return all.filter { used.contains($0.0) }.map(\.1).joined(separator: "\n")
    }

    mutating func append(_ step: DeviceGraph.Step) {
        count += 1
        let (from, to) = (graph.values[step.inputs[0]].shape, graph.values[step.output].shape)
        let places = (step.inputs + [step.output]).map { "m + \(arena.offsets[$0])" }
        let activation = Int(step.activation.rawValue)
        func pool(_ size: (Int, Int), _ stride: Int, _ padding: Int, isMaximum: Bool) {
            used.insert("pool")
            call(
                "pool(\(places[0]), \(from.height), \(from.width), \(from.channels), \(size.0), \(size.1), \(stride), "
                    + "\(padding), \(to.height), \(to.width), \(isMaximum ? 1 : 0), \(places[1]))")
        }
        switch step.operation {
        case .convolution(let weights):
            used.formUnion(["activate", "convolution"])
            let g = weights.geometry
            constants += "/* \(CNames.comment(graph.values[step.output].name).lowercased()), \(to) */\n"
            constant("weight", weights.weight)
            constant("bias", weights.bias)
            constants += """
                static const NAME_shape NAME_shape_\(count) = {\(g.height), \(g.width), \(g.channels), \(g.outputs), \
                \(g.kernelHeight), \(g.kernelWidth), \(g.stride), \(g.padTop), \(g.padLeft), \(g.groups), \
                \(g.outHeight), \(g.outWidth), \(activation)};


                """
            constantBytes += 13 * 4
            call(
                "convolution(&NAME_shape_\(count), \(places[0]), NAME_weight_\(count), NAME_bias_\(count), \(places[1]))"
            )
        case .add:
            used.formUnion(["activate", "add"])
            call("add(\(places[0]), \(places[1]), \(to.count), \(activation), \(places[2]))")
        case .maxPool(let p): pool((p.size, p.size), p.stride, p.padding, isMaximum: true)
        case .averagePool(let p): pool((p.size, p.size), p.stride, p.padding, isMaximum: false)
        case .globalAveragePool: pool((from.height, from.width), 1, 0, isMaximum: false)
        case .pointwise:
            used.formUnion(["activate", "pointwise"])
            call("pointwise(\(places[0]), \(to.count), \(activation), \(places[1]))")
        }
    }

    private mutating func call(_ text: String) { calls += "    NAME_\(text);\n" }

    private mutating func constant(_ role: String, _ values: [Float]) {
        let list = CWriter.lines(values.map(CWriter.float))
        constants += "static const float NAME_\(role)_\(count)[\(values.count)] = {\(list)};\n"
        constantBytes += 4 * values.count
    }
}
