import Compute

/// A network in evaluation: batch norms folded into the convolutions before them.
///
/// Parameters are read at `init` and by `reload`, not by `forward`.
public final class InferenceNetwork {
    public let graph: Graph
    public let maximumBatch: Int
    /// N,H,W,C; to be filled before `forward`.
    public let input: UnsafeMutablePointer<Float>
    /// N,classes; valid after `forward`.
    public let logits: UnsafeMutablePointer<Float>

    public init(graph: Graph, parameters: ParameterBuffer, maximumBatch: Int, pool: ThreadPool) { fatalError() }

    /// Takes new values of the same graph.
    public func reload(_ parameters: ParameterBuffer) {}

    /// - Parameter count: images in `input`, 1...maximumBatch.
    public func forward(count: Int) {}
}
