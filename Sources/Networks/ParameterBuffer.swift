/// All floats of one network (weights, norms, running statistics), or their gradients, in one allocation.
///
/// Laid out by `Graph.parameters`: aligned to 64 bytes, gaps zero, so optimisers may run over it whole.
public final class ParameterBuffer: @unchecked Sendable {
    public let count: Int
    public let base: UnsafeMutablePointer<Float>

    /// Zeros.
    public init(count: Int) {
        self.count = count
        let raw = UnsafeMutableRawPointer.allocate(byteCount: max(count, 16) * 4, alignment: 64)
        base = raw.bindMemory(to: Float.self, capacity: max(count, 16))
        base.initialize(repeating: 0, count: max(count, 16))
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }

    public func copy() -> ParameterBuffer {
        let twin = ParameterBuffer(count: count)
        twin.base.update(from: base, count: count)
        return twin
    }

    /// The values of one parameter.
    public subscript(_ parameter: Graph.Parameter) -> UnsafeMutableBufferPointer<Float> {
        precondition(parameter.offset + parameter.count <= count)
        return UnsafeMutableBufferPointer(start: base + parameter.offset, count: parameter.count)
    }
}
