/// The nodes whose activations say what a network sees: for losses that compare two networks inside.
extension Graph {
    /// Of every resolution above one pixel, from the largest to the smallest, the last activation or sum; where there is
    /// none, the last node. What comes after it sees the image smaller.
    public var stageEnds: [Int] {
        var ends: [(height: Int, width: Int, node: Int, isActivation: Bool)] = []
        for (index, node) in nodes.enumerated().dropFirst() where node.shape.height * node.shape.width > 1 {
            let isActivation: Bool =
                switch node.operation {
                case .relu, .relu6, .hardSwish, .add: true
                default: false
                }
            let (height, width) = (node.shape.height, node.shape.width)
            guard let place = ends.firstIndex(where: { $0.height == height && $0.width == width }) else {
                ends.append((height, width, index, isActivation))
                continue
            }
            if isActivation || !ends[place].isActivation { ends[place] = (height, width, index, isActivation) }
        }
        return ends.map(\.node)
    }

    /// What the last linear layer reads: the image as the classifier sees it. The logits where there is none.
    public var embedding: Int {
        for node in nodes.reversed() {
            if case .linear = node.operation, node.inputs[0] != 0 { return node.inputs[0] }
        }
        return nodes.count - 1
    }

    /// The index of a node, by its name.
    public func node(named name: String) -> Int? { nodes.firstIndex { $0.name == name } }
}
