/// Puts a graph's nodes behind what they read.
enum NodeOrder {
    struct Problem: Error, Equatable {
        /// Index of the node at fault.
        var node: Int?
        var reason: String
    }

    /// The nodes in an order in which each comes behind those whose outputs it reads; where the file's order is one,
    /// it stays.
    ///
    /// - Parameter given: names of graph inputs and initializers.
    static func sorted(_ nodes: [ONNXModel.Node], given: Set<String>) -> Result<[ONNXModel.Node], Problem> {
        var makers: [String: Int] = [:]
        for (index, node) in nodes.enumerated() {
            for output in node.outputs where !output.isEmpty {
                guard !given.contains(output), makers.updateValue(index, forKey: output) == nil else {
                    return .failure(Problem(node: index, reason: "its output '\(output)' is also made elsewhere"))
                }
            }
        }
        var waiting = [Int](repeating: 0, count: nodes.count)
        var readers = [[Int]](repeating: [], count: nodes.count)
        for (index, node) in nodes.enumerated() {
            for input in Set(node.inputs) where !input.isEmpty && !given.contains(input) {
                guard let maker = makers[input] else {
                    return .failure(Problem(node: index, reason: "nothing makes its input '\(input)'"))
                }
                readers[maker].append(index)
                waiting[index] += 1
            }
        }
        // A heap would keep the file's order among all that are ready; files are nearly always sorted, so runs of
        // nodes in order are taken first and the others when their last input comes.
        var order: [Int] = []
        var isPlaced = [Bool](repeating: false, count: nodes.count)
        func place(_ first: Int) {
            var ready = [first]
            while let index = ready.popLast() {
                if isPlaced[index] || waiting[index] > 0 { continue }
                isPlaced[index] = true
                order.append(index)
                for reader in readers[index].reversed() {
                    waiting[reader] -= 1
                    // Nodes behind `first` get their turn in the loop below.
                    if waiting[reader] == 0 && reader < first { ready.append(reader) }
                }
            }
        }
        for index in nodes.indices { place(index) }
        // What an early reader made possible behind the loop's position was placed by it; a rest is a cycle.
        if let stuck = isPlaced.firstIndex(of: false) {
            return .failure(Problem(node: stuck, reason: "it reads, by way of other nodes, its own output"))
        }
        return .success(order.map { nodes[$0] })
    }
}
