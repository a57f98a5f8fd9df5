import Compression
import Compute
import Datasets
import Distillation
import Importers
import Networks

/// Where a network looks in images for what it answers.
///
/// Grad-CAM (Selvaraju et al. 2017, "Grad-CAM: Visual explanations from deep networks via gradient-based localization"):
/// activations of the last convolution, each channel weighted by the mean gradient of the answer's logit, and what is
/// below zero left out. Behind global average pooling and one linear layer, as all presets end, that gradient is the
/// layer's weight over the number of pixels, so that nothing is differentiated (Zhou et al. 2016, "Learning deep features
/// for discriminative localization").
///
/// A teacher from a file need not end so. Where it gives activations, they are drawn as attention (Zagoruyko and Komodakis
/// 2017): the sum over channels of their squares.
struct Gaze {
    /// H,W of the activations, each image's scaled to 0...1; all zero where nothing speaks for the answer.
    struct Map {
        var height, width: Int
        var values: [Float]
    }

    /// Of each image, in their order.
    let maps: [Map]

    /// - Parameters:
    ///   - answers: of each image, the class whose logit is explained.
    /// - Returns: `nil` where the network does not end in global pooling and a linear layer, or pools single pixels.
    init?(
        graph: Graph, parameters: ParameterBuffer, images: SampleImages, answers: [Int], pool: ThreadPool
    ) {
        guard let head = graph.pooledHead else { return nil }
        let shape = graph.nodes[head.features].shape
        guard shape.height * shape.width > 1 else { return nil }
        let network = InferenceNetwork(
            graph: graph, parameters: parameters, maximumBatch: images.count, taps: [head.features], pool: pool)
        images.fill(0..<images.count, network.input)
        network.forward(count: images.count)
        let weights = parameters[graph.parameters[graph.nodes[head.classifier].parameters[0]]]
        let values = network.tap(0)
        maps = answers.enumerated().map { image, answer in
            Self.map(shape, values + image * shape.count) { channel, value in
                weights[answer * shape.channels + channel] * value
            }
        }
    }

    /// - Returns: `nil` where the teacher gives no activations of more than one pixel.
    init?(teacher: Teacher, model: ImportedModel, images: SampleImages, data: TrainingData, pool: ThreadPool) {
        // Of those it gives, the one that sees the image smallest.
        let places = model.featureShapes.enumerated().filter {
            $0.element.count == 3 && $0.element[0] * $0.element[1] > 1
        }
        guard let place = places.min(by: { $0.element[0] * $0.element[1] < $1.element[0] * $1.element[1] }) else {
            return nil
        }
        let shape = Graph.Shape(height: place.element[0], width: place.element[1], channels: place.element[2])
        let network = ImportedNetwork(model, maximumBatch: images.count, pool: pool)
        let input = Graph.Shape(height: data.height, width: data.width, channels: data.channels)
        var own = [Float](repeating: 0, count: images.count * input.count)
        let feed = TeacherFeed(teacher, input: input, mean: data.mean, std: data.std)
        own.withUnsafeMutableBufferPointer { own in
            guard let base = own.baseAddress else { return }
            images.fill(0..<images.count, base)
            feed.fill(network.input, from: base, count: images.count, pool: pool)
        }
        network.forward(count: images.count)
        let values = network.feature(place.offset)
        maps = (0..<images.count).map { image in
            Self.map(shape, values + image * shape.count) { _, value in value * value }
        }
    }

    /// - Parameter weigh: the part of a channel's value.
    private static func map(
        _ shape: Graph.Shape, _ values: UnsafePointer<Float>, _ weigh: (_ channel: Int, _ value: Float) -> Float
    ) -> Map {
        var sums = (0..<shape.height * shape.width).map { pixel in
            (0..<shape.channels).reduce(Float(0)) { $0 + weigh($1, values[pixel * shape.channels + $1]) }
        }
        let largest = sums.max() ?? 0
        for i in sums.indices { sums[i] = largest > 0 ? max(0, sums[i] / largest) : 0 }
        return Map(height: shape.height, width: shape.width, values: sums)
    }
}

extension Gaze.Map {
    /// The image in gray, with what is looked at in warm colours.
    ///
    /// - Parameter image: H,W,C with 1 or 3 channels.
    func over(_ image: Bitmap) -> Bitmap {
        var pixels = [UInt8](repeating: 0, count: image.width * image.height * 3)
        for y in 0..<image.height {
            for x in 0..<image.width {
                let place = y * image.width + x
                let source = image.pixels[place * image.channels..<(place + 1) * image.channels]
                let gray = source.reduce(Float(0)) { $0 + Float($1) } / Float(image.channels)
                let heat = value(
                    (Float(x) + 0.5) / Float(image.width) * Float(width) - 0.5,
                    (Float(y) + 0.5) / Float(image.height) * Float(height) - 0.5)
                for (channel, warm) in [255, 70 + 150 * heat, 20].enumerated() {
                    let mixed = gray * 0.75 * (1 - 0.7 * heat) + Float(warm) * 0.7 * heat
                    pixels[place * 3 + channel] = UInt8(max(0, min(255, mixed)))
                }
            }
        }
        return Bitmap(width: image.width, height: image.height, channels: 3, pixels: pixels)
    }

    /// Bilinear between the centres of the map's pixels.
    private func value(_ x: Float, _ y: Float) -> Float {
        let (left, top) = (max(0, min(Float(width - 1), x)), max(0, min(Float(height - 1), y)))
        let (column, row) = (Int(left), Int(top))
        let (right, bottom) = (min(column + 1, width - 1), min(row + 1, height - 1))
        let (u, v) = (left - Float(column), top - Float(row))
        let above = values[row * width + column] * (1 - u) + values[row * width + right] * u
        let below = values[bottom * width + column] * (1 - u) + values[bottom * width + right] * u
        return above * (1 - v) + below * v
    }
}

extension Graph {
    /// What global average pooling reads, and the linear layer behind it that gives the logits; `nil` where the graph
    /// ends otherwise.
    fileprivate var pooledHead: (features: Int, classifier: Int)? {
        let classifier = nodes.count - 1
        guard case .linear = nodes[classifier].operation else { return nil }
        var index = nodes[classifier].inputs[0]
        while case .dropout = nodes[index].operation { index = nodes[index].inputs[0] }
        guard case .globalAveragePool = nodes[index].operation else { return nil }
        return (nodes[index].inputs[0], classifier)
    }
}
