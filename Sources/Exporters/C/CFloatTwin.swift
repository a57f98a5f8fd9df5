import Compression
import Compute

/// The part of the C file that computes in single precision, which costs nothing unless `NAME_WITH_FLOAT` is defined: for
/// devices with a floating-point unit, and to see what 8 bits cost.
struct CFloatTwin {
    /// Of activations, all that it writes to besides the stack.
    let arenaBytes: Int
    /// Of weights and biases, without code.
    let constantBytes: Int
    let classes: Int
    private let body: String

    /// - Parameter graph: batch norms folded, its first value the input.
    init(_ graph: DeviceGraph, preprocessing p: Preprocessing) {
        let arena = ArenaPlan(graph)
        var writer = CFloatWriter(graph, arena: arena)
        for step in graph.steps { writer.append(step) }
        let channels = (0..<p.channels).map {
            "{\(CWriter.float(Float(p.scale) / p.std[$0])), \(CWriter.float(-p.mean[$0] / p.std[$0]))}"
        }
        arenaBytes = 4 * arena.count
        constantBytes = writer.constantBytes + 8 * channels.count
        classes = graph.values[graph.output].shape.count
        body = """
            static float NAME_f_arena[NAME_FLOAT_ARENA_BYTES / 4];

            /* Factor and term of each channel's values. */
            static const float NAME_f_channels[NAME_CHANNELS][2] = {\(channels.joined(separator: ", "))};

            \(writer.functions)
            \(writer.constants)
            void NAME_predict_f(const uint8_t *pixels, float *logits) {
                float *const m = NAME_f_arena;
                for (int i = 0; i < NAME_WIDTH * NAME_HEIGHT; i++)
                    for (int c = 0; c < NAME_CHANNELS; c++)
                        m[\(arena.offsets[0]) + i * NAME_CHANNELS + c] =
                            (float)pixels[i * NAME_CHANNELS + c] * NAME_f_channels[c][0] + NAME_f_channels[c][1];
            \(writer.calls)    for (int i = 0; i < NAME_CLASSES; i++) logits[i] = m[\(arena.offsets[graph.output]) + i];
            }
            """
    }

    /// For the head of the file.
    var declarations: String {
        """
        #ifdef NAME_WITH_FLOAT
        #define NAME_FLOAT_ARENA_BYTES \(arenaBytes)
        #define NAME_FLOAT_CONSTANT_BYTES \(constantBytes)

        /* In single precision throughout: the student as it was before it was made of integers. */
        void NAME_predict_f(const uint8_t *pixels, float *logits);
        #endif

        """
    }

    var implementation: String {
        """
        #ifdef NAME_WITH_FLOAT
        \(body)
        #endif /* NAME_WITH_FLOAT */

        """
    }
}

/// Constants and calls of the file. `NAME` stands for the beginning of identifiers.
private struct CFloatWriter {
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
            ("activate", CFloatKernelText.activate), ("convolution", CFloatKernelText.convolution),
            ("add", CFloatKernelText.add), ("pool", CFloatKernelText.pool), ("pointwise", CFloatKernelText.pointwise),
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
                static const NAME_f_shape NAME_f_shape_\(count) = {\(g.height), \(g.width), \(g.channels), \(g.outputs), \
                \(g.kernelHeight), \(g.kernelWidth), \(g.stride), \(g.padTop), \(g.padLeft), \(g.groups), \
                \(g.outHeight), \(g.outWidth), \(activation)};


                """
            constantBytes += 13 * 4
            call(
                "convolution(&NAME_f_shape_\(count), \(places[0]), NAME_f_weight_\(count), NAME_f_bias_\(count), \(places[1]))"
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

    private mutating func call(_ text: String) { calls += "    NAME_f_\(text);\n" }

    private mutating func constant(_ role: String, _ values: [Float]) {
        let list = CWriter.lines(values.map(CWriter.float))
        constants += "static const float NAME_f_\(role)_\(count)[\(values.count)] = {\(list)};\n"
        constantBytes += 4 * values.count
    }
}
