/// Students that no other beats in both cost and accuracy.
public enum ParetoFront {
    /// Indices of those for which no other costs at most as much and is at least as accurate, better in one of both; of
    /// complete equals the first. Rising by cost.
    public static func indices(costs: [Double], accuracies: [Double]) -> [Int] {
        precondition(costs.count == accuracies.count)
        let order = costs.indices.sorted { (costs[$0], -accuracies[$0], $0) < (costs[$1], -accuracies[$1], $1) }
        var front: [Int] = []
        var best = -Double.infinity
        for index in order where accuracies[index] > best {
            front.append(index)
            best = accuracies[index]
        }
        return front
    }
}
