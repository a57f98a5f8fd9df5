import Importers
import Networks

/// A node of a network whose activations can be compared.
struct FeaturePlace: Sendable, Equatable {
    var name: String
    /// Of one image.
    var shape: Graph.Shape

    var isPixel: Bool { shape.height * shape.width == 1 }
}

/// Where a network can be looked into.
public struct FeatureMap: Sendable {
    let input: Graph.Shape
    /// By name.
    let places: [FeaturePlace]
    /// The last activation of each resolution, from the largest to the smallest.
    let stages: [FeaturePlace]
    /// What the classifier reads.
    let embedding: FeaturePlace?

    public init(_ graph: Graph) {
        func place(_ index: Int) -> FeaturePlace {
            FeaturePlace(name: graph.nodes[index].name, shape: graph.nodes[index].shape)
        }
        input = graph.input
        places = graph.nodes.indices.dropFirst().map(place)
        stages = graph.stageEnds.map(place)
        embedding = place(graph.embedding)
    }

    /// Of the values that the model was asked to give; of one resolution the first is the stage.
    public init(_ model: ImportedModel) {
        input = Graph.Shape(height: model.height, width: model.width, channels: model.channels)
        places = zip(model.featureNames, model.featureShapes).map { name, sizes in
            // An image's activations, or one row of values.
            let shape =
                sizes.count == 3
                ? Graph.Shape(height: sizes[0], width: sizes[1], channels: sizes[2])
                : Graph.Shape(height: 1, width: 1, channels: sizes.reduce(1, *))
            return FeaturePlace(name: name, shape: shape)
        }
        var stages: [FeaturePlace] = []
        for place in places where !place.isPixel {
            let isKnown = stages.contains {
                $0.shape.height == place.shape.height && $0.shape.width == place.shape.width
            }
            if !isKnown { stages.append(place) }
        }
        self.stages = stages
        embedding = places.first(where: \.isPixel)
    }

    init(_ network: TeacherNetwork) {
        switch network {
        case .trained(let network): self.init(network.graph)
        case .imported(let model): self.init(model)
        }
    }

    func place(named name: String) -> FeaturePlace? { places.first { $0.name == name } }

    /// The stage that sees the image about as small as another network's does.
    func stage(like other: FeaturePlace, of network: Graph.Shape) -> FeaturePlace? {
        // Logarithms of shares of the area: a half is as far from 1 as a quarter from a half.
        func share(_ shape: Graph.Shape, _ whole: Graph.Shape) -> Double {
            Double(shape.height * shape.width) / Double(whole.height * whole.width)
        }
        let wanted = share(other.shape, network)
        func distance(_ place: FeaturePlace) -> Double {
            let own = share(place.shape, input)
            return max(own / wanted, wanted / own)
        }
        return stages.min { distance($0) < distance($1) }
    }
}
