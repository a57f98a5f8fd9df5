/// What is done to bring the student to 8-bit integers.
public struct QuantizationSpec: Codable, Sendable, Equatable {
    public enum Mode: String, Codable, Sendable, CaseIterable {
        /// As `ptq`, then as `qat` where too much accuracy was lost.
        case auto
        /// The trained weights are rounded.
        case ptq
        /// The student is trained on with its values and weights rounded, under its teachers.
        case qat
        /// Nothing: there are no integers.
        case none
    }

    public var mode: Mode
    /// Points of accuracy on the evaluation split, 0...100, that the integers may lose against single precision.
    public var maxDrop: Double

    public init(mode: Mode = .auto, maxDrop: Double = 0.5) {
        self.mode = mode
        self.maxDrop = maxDrop
    }
}

extension KeyedDecodingContainer {
    /// What an earlier distilld did not write has its defaults.
    func decode(_ type: QuantizationSpec.Type, forKey key: Key) throws -> QuantizationSpec {
        try decodeIfPresent(type, forKey: key) ?? QuantizationSpec()
    }
}
