import Compute
import Foundation
import Testing

@testable import Importers

/// Small models of every pattern against what ONNX Runtime gave for them.
struct GoldenTests {
    @Test(arguments: Goldens.names) func logitsAreThoseOfONNXRuntime(_ name: String) throws {
        let model = try Goldens.model(name)
        let images = try Goldens.images(name, of: model)
        let expected = try Goldens.floats(name + ".output")
        var logits = Goldens.logits(model, images)
        #expect(model.endsInSoftmax == (name == "flat"))
        if model.endsInSoftmax { logits = Goldens.softmax(logits, classes: model.classes) }
        // A quantized network rounds in steps: a sum that is a little off may fall on the other side of a half.
        let tolerance: Float = name.hasPrefix("quantized") ? 0.05 : 1e-3
        let difference = Goldens.difference(logits, expected)
        #expect(difference <= tolerance, "\(name)")
        #expect(expected.contains { abs($0) > 0.05 }, "\(name) says something")
    }

    /// The reference operators know nothing of the plan, its layouts and its folding.
    @Test(arguments: Goldens.names) func theReferenceGivesTheSame(_ name: String) throws {
        let bytes = try Data(contentsOf: try Goldens.url(name + ".onnx"))
        let model = try ONNXModel(decoding: bytes, file: name)
        let input = try ImageInput(model, size: nil)
        let values = try Goldens.floats(name + ".input")
        let size = input.shape.reduce(1, *)
        var found: [Float] = []
        for image in 0..<values.count / size {
            let tensor = Tensor(.float, input.shape, .float(Array(values[image * size..<(image + 1) * size])))
            found += try ReferenceEvaluator(model: model).run([input.name: tensor])[0].floats
        }
        let tolerance: Float = name.hasPrefix("quantized") ? 0.05 : 1e-3
        #expect(Goldens.difference(found, try Goldens.floats(name + ".output")) <= tolerance, "\(name)")
    }

    /// Whatever the threads, the batch and the images beside it: the same bytes.
    @Test(arguments: ["residual", "shuffle", "excitation", "attention"])
    func anImageIsOnItsOwn(_ name: String) throws {
        let model = try Goldens.model(name)
        let images = try Goldens.images(name, of: model)
        let all = Goldens.logits(model, images, threads: 1)
        #expect(Goldens.logits(model, images, threads: 3) == all)
        #expect(Goldens.logits(model, images, batch: 1) == all)
        #expect(Goldens.logits(model, images + images.reversed(), batch: 3).prefix(all.count) == all[...])
    }

    /// Nothing moves data but what the graph itself makes necessary.
    @Test func noTranspositionsRemain() throws {
        for (name, copies) in [("residual", 0), ("channels-last", 0), ("inverted", 0), ("flat", 0), ("excitation", 0)] {
            let moved = try Goldens.model(name).plan.steps.filter { if case .copy = $0.kind { true } else { false } }
            #expect(moved.count == copies, "\(name): \(moved.map(\.name))")
        }
    }

    /// Batch norms and activations are part of the convolutions.
    @Test func chainsAreFolded() throws {
        let steps = try Goldens.model("residual").plan.steps
        let kinds = steps.map { step in
            switch step.kind {
            case .convolution: "convolution"
            case .add: "add"
            case .globalPool: "pool"
            default: "other"
            }
        }
        #expect(kinds == ["convolution", "convolution", "convolution", "convolution", "add", "pool", "convolution"])
        let affine = try Goldens.model("dense").plan.steps.filter { if case .affine = $0.kind { true } else { false } }
        // Only the last one, before the pool, has no convolution behind it.
        #expect(affine.count == 1)
    }

    /// A feature is the value of the name that was asked for, even where it would have been folded away.
    @Test func featuresAreTheNamedValues() throws {
        let bytes = try Data(contentsOf: try Goldens.url("residual.onnx"))
        let whole = try ONNXModel(decoding: bytes, file: "residual.onnx")
        let wanted = ["Conv", "BatchNormalization", "Relu", "Add"].compactMap { operation in
            whole.nodes.first { $0.operation == operation }?.outputs[0]
        }
        try #require(wanted.count == 4)
        let model = try ImportedModel(whole, features: wanted)
        let images = try Goldens.images("residual", of: model)
        let network = ImportedNetwork(model, maximumBatch: 4, pool: ThreadPool(threads: 2))
        for (i, value) in images.enumerated() { network.input[i] = value }
        network.forward(count: 4)
        let expected = try Goldens.floats("residual.output")
        let logits = Array(UnsafeBufferPointer(start: network.logits, count: expected.count))
        #expect(Goldens.difference(logits, expected) <= 1e-3)

        let values = try Goldens.floats("residual.input")
        let size = images.count / 4
        for image in 0..<4 {
            let tensor = Tensor(.float, [1, 3, 16, 16], .float(Array(values[image * size..<(image + 1) * size])))
            var known: [String: Tensor] = whole.initializers
            known["image"] = tensor
            for node in whole.nodes {
                let made = try ReferenceEvaluator.evaluate(
                    node, opset: whole.opset, values: known, budget: WorkBudget(.max))
                for (name, value) in zip(node.outputs, made) { known[name] = value }
            }
            for (index, name) in wanted.enumerated() {
                let shape = model.featureShapes[index]
                let count = shape.reduce(1, *)
                let tensor = try #require(known[name])
                let strides = Tensor.strides(tensor.shape)
                let last = tensor.gathered(shape, strides: [strides[2], strides[3], strides[1]]).floats
                let found = Array(UnsafeBufferPointer(start: network.feature(index) + image * count, count: count))
                #expect(Goldens.difference(found, last) <= 1e-4, "\(name)")
            }
        }
    }
}
