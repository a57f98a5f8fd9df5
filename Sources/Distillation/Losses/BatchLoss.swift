/// What a loss says about a batch.
public struct BatchLoss: Sendable, Equatable {
    /// Mean over the images.
    public var loss: Double
    /// Images whose largest logit is at their largest target.
    public var right: Int
    /// Images that have a label.
    public var labelled: Int
}
