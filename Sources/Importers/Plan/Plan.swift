/// A network planned for one image at a time in N,H,W,C: what `ImportedNetwork` executes.
///
/// Its steps hold classes that only `PlanBuilder` changes, before it hands out the plan.
struct Plan: @unchecked Sendable {
    /// In the order of execution.
    let steps: [PlanStep]
    /// Floats of each storage for one image; storage 0 is the input.
    let storages: [Int]
    /// Height, width and channels of the input.
    let input: (height: Int, width: Int, channels: Int)
    let logits: View
    /// In the order in which they were asked for.
    let features: [View]
    /// Whether the file's output is the softmax of what `logits` are.
    let endsInSoftmax: Bool
}

/// A value of the graph while it is planned.
enum PlanValue {
    case constant(Tensor)
    case data(DataValue)
}

/// A value that depends on the image.
struct DataValue {
    var view: View
    /// What the graph says; memory holds floats whatever it is.
    var type: ElementType
}
