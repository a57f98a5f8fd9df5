import Foundation
import Networks
import Testing

/// Building, reading and checking graphs.
@Suite struct GraphTests {
    /// Input, conv, norm, relu, pool, fc.
    private static func small() throws -> Graph {
        var builder = try GraphBuilder(input: Graph.Shape(height: 6, width: 4, channels: 3))
        try builder.convolution(builder.last, "conv", outputs: 5, kernel: 3, stride: 2, bias: true)
        try builder.batchNorm(builder.last, "norm")
        try builder.append(.relu, [builder.last], "relu")
        try builder.append(.globalAveragePool, [builder.last], "pool")
        try builder.append(.linear(outputs: 2), [builder.last], "fc")
        return builder.graph()
    }

    @Test func shapesAndParametersAreLaidOut() throws {
        let graph = try Self.small()
        try graph.validate()
        #expect(graph.nodes.map(\.shape.description) == ["6x4x3", "3x2x5", "3x2x5", "3x2x5", "1x1x5", "1x1x2"])
        #expect(
            graph.parameters.map(\.name) == [
                "conv.weight", "conv.bias", "norm.normScale", "norm.normShift", "norm.runningMean",
                "norm.runningVariance", "fc.weight", "fc.bias",
            ])
        #expect(graph.parameters.map(\.shape) == [[5, 3, 3, 3], [5], [5], [5], [5], [5], [2, 5], [2]])
        #expect(graph.parameters.map(\.offset) == [0, 144, 160, 176, 192, 208, 224, 240])
        #expect(graph.storageCount == 242)
        #expect(graph.parameterCount == 135 + 5 + 10 + 12)
        #expect(graph.multiplyAccumulates == 3 * 2 * 5 * 27 + 10)
    }

    @Test(arguments: Presets.names) func survivesJSON(name: String) throws {
        let graph = try Presets.make(name, input: Graph.Shape(height: 32, width: 32, channels: 3), classes: 10)
        let decoded = try JSONDecoder().decode(Graph.self, from: JSONEncoder().encode(graph))
        #expect(decoded == graph)
        try decoded.validate()
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        let message: String
        let make: @Sendable (inout Graph) -> Void
        init(_ message: String, _ make: @escaping @Sendable (inout Graph) -> Void) {
            self.message = message
            self.make = make
        }
        var testDescription: String { message }
    }

    static let mistakes = [
        Mistake("graph: its first node must be the input, with no inputs and no parameters") { $0.nodes = [] },
        Mistake("graph: its first node must be the input, with no inputs and no parameters") {
            $0.nodes.removeFirst()
        },
        Mistake("node 0 'input': an input of 0x4x3 is empty or too large") { $0.nodes[0].shape.height = 0 },
        Mistake("is empty or too large") { $0.nodes[0].shape.channels = .max },
        Mistake("is empty or too large") {
            $0.nodes[0].shape = Graph.Shape(height: 1 << 16, width: 1 << 16, channels: 1)
        },
        Mistake("node 3 'norm': the name is empty, too long or used twice") { $0.nodes[3].name = "norm" },
        Mistake("node 1 '': the name is empty, too long or used twice") { $0.nodes[1].name = "" },
        Mistake("node 2 'norm': reads node 2, which is not before it") { $0.nodes[2].inputs = [2] },
        Mistake("node 2 'norm': reads node -1, which is not before it") { $0.nodes[2].inputs = [-1] },
        Mistake("node 3: ReLU 'relu': expected 1 input, found 2") { $0.nodes[3].inputs = [1, 2] },
        Mistake("node 3: add 'relu': expected 2 inputs, found 1") { $0.nodes[3].operation = .add },
        Mistake("node 3: input 'relu': expected to be the first node only, found another") {
            $0.nodes[3].operation = .input
            $0.nodes[3].inputs = []
        },
        Mistake("node 1 'conv': gives 3x2x5, but is said to give 3x2x6") { $0.nodes[1].shape.channels = 6 },
        Mistake("node 2 'norm': no later node reads its output") { $0.nodes[3].inputs = [1] },
        Mistake("the last node must give logits of 1x1xCLASSES, not 3x2x5") {
            $0.nodes.removeLast(2)
            $0.parameters.removeLast(2)
        },
        Mistake("node 5 'fc': has 1 parameters instead of 2") { $0.nodes[5].parameters.removeLast() },
        Mistake("node 5 'fc': parameter 99 does not exist or belongs to two nodes") {
            $0.nodes[5].parameters[1] = 99
        },
        Mistake("node 5 'fc': parameter 0 does not exist or belongs to two nodes") { $0.nodes[5].parameters[0] = 0 },
        Mistake("needs a parameter 'fc.weight', weight [2, 5]") { $0.parameters[6].shape = [5, 2] },
        Mistake("needs a parameter 'fc.bias', bias [2]") { $0.parameters[7].role = .weight },
        Mistake("needs a parameter 'fc.bias', bias [2]") { $0.parameters[7].name = "other" },
        Mistake("has 3 values, but its shape is [2]") { $0.parameters[7].count = 3 },
        Mistake("its offset is 0, not 240") { $0.parameters[7].offset = 0 },
        Mistake("belongs to no node") {
            $0.parameters.append(
                Graph.Parameter(name: "x", role: .bias, shape: [1], offset: 256, count: 1))
        },
        Mistake("expected groups that divide 3 input and 5 output channels, found 2") {
            $0.nodes[1].operation = .convolution(convolution(groups: 2))
        },
        Mistake("expected groups that divide 3 input and 5 output channels, found 0") {
            $0.nodes[1].operation = .convolution(convolution(groups: 0))
        },
        Mistake("expected a stride of 1 to 1024, found 0") {
            $0.nodes[1].operation = .convolution(convolution(stride: 0))
        },
        Mistake("expected kernel sides of 1 to 1024, found \(Int.max)x3") {
            $0.nodes[1].operation = .convolution(convolution(kernel: .max))
        },
        Mistake("of at least the kernel's 9x3, found 8x6") {
            $0.nodes[1].operation = .convolution(convolution(kernel: 9))
        },
        Mistake("expected padding of 0 to 1024, found [-1, 1, 1, 1]") {
            $0.nodes[1].operation = .convolution(convolution(pad: -1))
        },
        Mistake("expected 1 to 1048576 outputs, found \(Int.min)") { $0.nodes[5].operation = .linear(outputs: .min) },
        Mistake("expected a rate from 0 to below 1, found 1.0") { $0.nodes[3].operation = .dropout(rate: 1) },
        Mistake("expected a rate from 0 to below 1, found nan") { $0.nodes[3].operation = .dropout(rate: .nan) },
        Mistake("expected an epsilon above 0, found 0.0") { $0.nodes[2].operation = .batchNorm(epsilon: 0) },
        Mistake("expected padding from 0 to below the window of 2, found 2") {
            $0.nodes[3].operation = .maxPool(Graph.Pool(size: 2, stride: 1, padding: 2))
        },
        Mistake("of at least the window's 4x4, found 3x2") {
            $0.nodes[3].operation = .averagePool(Graph.Pool(size: 4, stride: 1, padding: 0))
        },
    ]

    @Test(arguments: mistakes) func brokenGraphsAreRefused(mistake: Mistake) throws {
        var graph = try Self.small()
        mistake.make(&graph)
        let error = #expect(throws: GraphError.self) { try graph.validate() }
        #expect(error?.description.contains(mistake.message) == true, "\(String(describing: error))")
    }

    private static func convolution(
        kernel: Int = 3, stride: Int = 2, pad: Int = 1, groups: Int = 1
    ) -> Graph.Convolution {
        Graph.Convolution(
            outputs: 5, kernelHeight: kernel, kernelWidth: 3, stride: stride, padTop: pad, padLeft: 1, padBottom: 1,
            padRight: 1, groups: groups, bias: true)
    }

    @Test func theBuilderRefusesWhatCannotBe() throws {
        var builder = try GraphBuilder(input: Graph.Shape(height: 4, width: 4, channels: 3))
        let conv = try builder.convolution(builder.input, "conv", outputs: 4, kernel: 3)
        let before = builder.graph()
        func message(_ operation: Graph.Operation, _ inputs: [Int], _ name: String) -> String {
            do {
                try builder.append(operation, inputs, name)
                return "none"
            } catch {
                return "\(error)"
            }
        }
        #expect(
            message(.add, [builder.input, conv], "sum")
                == "add 'sum': expected two inputs of one shape, found 4x4x3 and 4x4x4")
        #expect(
            message(.relu, [conv], "conv") == "ReLU 'conv': expected a name of its own, found one that another node has"
        )
        #expect(message(.relu, [7], "relu") == "ReLU 'relu': expected inputs among the 2 nodes before, found 7")
        #expect(message(.relu, [], "relu") == "ReLU 'relu': expected 1 input, found 0")
        #expect(message(.linear(outputs: 1 << 20), [conv], "one") == "none")
        // 2^20 outputs of 2^20 inputs are more than a buffer holds; nothing of the attempt remains.
        #expect(message(.linear(outputs: 1 << 20), [builder.last], "huge").contains("at most 536870912 parameters"))
        #expect(builder.graph().nodes.count == before.nodes.count + 1)
        #expect(builder.graph().parameters.count == before.parameters.count + 2)
    }

    @Test func initialValuesFollowFromTheSeed() throws {
        let graph = try Self.small()
        let first = ParameterBuffer.initialized(for: graph, seed: 1)
        #expect(isSame(first, .initialized(for: graph, seed: 1)))
        #expect(!isSame(first, .initialized(for: graph, seed: 2)))
        let lists = first.lists(graph)
        // ±1/√27 for the convolution of 3 x 3 x 3, ±1/√5 for the linear layer; norms are identity.
        for (index, bound) in [(0, 27), (1, 27), (6, 5), (7, 5)] as [(Int, Float)] {
            #expect(lists[index].allSatisfy { abs($0) <= 1 / bound.squareRoot() } && Set(lists[index]).count > 1)
        }
        #expect(largest(lists[0]) > 0.95 / 27.0.squareRoot())
        #expect(abs(lists[0].reduce(0, +) / Float(lists[0].count)) < 0.03)
        #expect(lists[2...5].map { Set($0) } == [[1], [0], [0], [1]])
        // The gaps between parameters are zero.
        let covered = Set(graph.parameters.flatMap { $0.offset..<$0.offset + $0.count })
        #expect((0..<graph.storageCount).allSatisfy { covered.contains($0) || first.base[$0] == 0 })
    }
}
