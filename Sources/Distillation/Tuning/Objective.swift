import Manifests
import Networks

#if canImport(Glibc)
    import Glibc
#endif

extension TuneSpec {
    /// What a student costs by this objective; 1 where only accuracy counts.
    public func cost(of graph: Graph) -> Double {
        switch objective {
        case .accuracy: 1
        case .accuracyAtSize: Double(graph.parameterCount)
        case .accuracyAtLatency: Double(graph.multiplyAccumulates)
        }
    }

    /// accuracy - price / 100 · log2(cost / reference): a student of half the cost may lose `price` points.
    public func score(accuracy: Double, cost: Double, reference: Double) -> Double {
        accuracy - price / 100 * log2(cost / reference)
    }
}
