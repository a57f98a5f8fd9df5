import Compute

/// A network in training: forward with batch statistics, backward to the gradient of every parameter.
///
/// One image batch at a time, all buffers made at `init`.
public final class TrainingNetwork {
    public let graph: Graph
    public let parameters: ParameterBuffer
    /// Written by `backward`, laid out as `parameters`; zero where a role is not trainable.
    public let gradients: ParameterBuffer
    public let maximumBatch: Int
    /// N,H,W,C; to be filled before `forward`.
    public let input: UnsafeMutablePointer<Float>
    /// N,classes; valid after `forward`.
    public let logits: UnsafeMutablePointer<Float>
    /// N,classes: the gradient of the loss by the logits; to be filled before `backward`.
    public let dLogits: UnsafeMutablePointer<Float>

    public init(graph: Graph, parameters: ParameterBuffer, maximumBatch: Int, pool: ThreadPool) {
        fatalError()
    }

    /// - Parameters:
    ///   - count: images in `input`, 2...maximumBatch.
    ///   - seed, step: name the dropout masks.
    public func forward(count: Int, seed: UInt64, step: Int) {}

    /// Fills `gradients` for the batch of the last `forward`.
    public func backward(count: Int) {}
}
