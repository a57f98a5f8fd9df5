import Compute

/// Gives values memory for their gradients, in the order of the backward pass, and says who writes and who adds.
///
/// Memory is reused as soon as its gradient has been read. An addition passes its gradient on by sharing its memory
/// where nobody changes it before its last reader.
struct GradientPlan {
    private(set) var buffers: [FloatBuffer] = []

    private final class Memory {
        let buffer: FloatBuffer
        var users = 1
        init(_ buffer: FloatBuffer) { self.buffer = buffer }
    }

    private let steps: [TrainingPlan.Planned]
    private let maximumBatch: Int
    private var free: [Int: [Memory]] = [:]
    private var memory: [ObjectIdentifier: Memory] = [:]
    private var readers: [ObjectIdentifier: [Int]] = [:]
    private var producer: [ObjectIdentifier: Int] = [:]

    /// - Parameters:
    ///   - dLogits: the gradient by the last value, which the caller fills.
    ///   - reachesInput: whether the input has a gradient too.
    init(_ plan: TrainingPlan, dLogits: UnsafeMutablePointer<Float>, reachesInput: Bool, maximumBatch: Int) {
        steps = plan.steps
        self.maximumBatch = maximumBatch
        for (position, planned) in plan.steps.enumerated() {
            for input in planned.inputs { readers[ObjectIdentifier(input), default: []].append(position) }
            if let output = planned.output { producer[ObjectIdentifier(output)] = position }
        }
        plan.logits.gradient = dLogits
        // Made before the first step, as it were.
        if reachesInput { producer[ObjectIdentifier(plan.input)] = -1 }
        for position in steps.indices.reversed() { assign(position) }
    }

    private mutating func assign(_ position: Int) {
        let planned = steps[position]
        if planned.step is TapStep {
            let isWritten = write(planned.inputs[0])
            precondition(isWritten, "a tap on a value that does not reach the output")
        }
        guard let output = planned.output else { return }
        precondition(output.gradient != nil, "a value that does not reach the output")
        switch planned.step {
        case let step as ConvolutionStep:
            let input = planned.inputs[0]
            guard producer[ObjectIdentifier(input)] != nil else { break }
            step.accumulates = write(input)
            step.sumsInputNorm = isSoleReaderOfNorm(input)
        case let step as AddStep: step.deliveries = deliver(position)
        case let step as NormStep: step.accumulates = writeIfNeeded(planned.inputs[0])
        case let step as GlobalPoolStep:
            step.accumulates = writeIfNeeded(planned.inputs[0])
            step.sumsInputNorm = isSoleReaderOfNorm(planned.inputs[0])
        case let step as WindowPoolStep:
            step.accumulates = writeIfNeeded(planned.inputs[0])
            step.sumsInputNorm = isSoleReaderOfNorm(planned.inputs[0])
        case let step as DropoutStep: step.accumulates = writeIfNeeded(planned.inputs[0])
        case let step as RoundStep: step.accumulates = writeIfNeeded(planned.inputs[0])
        default: preconditionFailure("a step that this plan does not know")
        }
        release(output)
    }

    private func isSoleReader(of value: Endpoint) -> Bool { readers[ObjectIdentifier(value)]?.count == 1 }

    /// Then its reader can make the norm's sums while the gradient is in the cache.
    private func isSoleReaderOfNorm(_ value: Endpoint) -> Bool {
        isSoleReader(of: value) && value.norm.map { !$0.isIdentity } ?? false
    }

    private mutating func writeIfNeeded(_ value: Endpoint) -> Bool {
        producer[ObjectIdentifier(value)] == nil ? false : write(value)
    }

    /// Whether the value's gradient has been written before; if not, it gets memory.
    private mutating func write(_ value: Endpoint) -> Bool {
        if value.gradient != nil { return true }
        let count = maximumBatch * value.count
        let found: Memory
        if let reused = free[count]?.popLast() {
            found = reused
            found.users = 1
        } else {
            found = Memory(FloatBuffer(count: count))
            buffers.append(found.buffer)
        }
        memory[ObjectIdentifier(value)] = found
        value.gradient = found.buffer.base
        return false
    }

    private mutating func release(_ value: Endpoint) {
        guard let used = memory[ObjectIdentifier(value)] else { return }
        used.users -= 1
        if used.users == 0 { free[used.buffer.count, default: []].append(used) }
    }

    private mutating func deliver(_ position: Int) -> [AddStep.Delivery] {
        let planned = steps[position]
        guard let output = planned.output, let dz = output.gradient else { return [.none, .none] }
        // Convolutions that nobody else reads take the gradient as it lies.
        let sharing = planned.inputs.map { input -> Int? in
            guard isSoleReader(of: input), let made = producer[ObjectIdentifier(input)], made >= 0 else { return nil }
            return steps[made].step is ConvolutionStep ? made : nil
        }
        let firstReader = sharing.compactMap { $0 }.min() ?? Int.max
        var handedOn = false
        return zip(planned.inputs, sharing).map { input, share in
            let key = ObjectIdentifier(input)
            guard let made = producer[key] else { return .none }
            if share != nil {
                self.share(output, with: input, at: dz)
                return input.norm.map { !$0.isIdentity } ?? false ? .sharedWithSums : .shared
            }
            if input.gradient != nil { return .added }
            // Others may change it once those convolutions have run: later readers of this value, and its producer.
            let others = (readers[key] ?? []).filter { $0 != position } + [made]
            if !handedOn, planned.inputs[0] !== planned.inputs[1], memory[ObjectIdentifier(output)] != nil,
                others.allSatisfy({ $0 < firstReader })
            {
                handedOn = true
                self.share(output, with: input, at: dz)
                return .shared
            }
            _ = write(input)
            return .copied
        }
    }

    private mutating func share(_ output: Endpoint, with input: Endpoint, at dz: UnsafeMutablePointer<Float>) {
        input.gradient = dz
        guard let used = memory[ObjectIdentifier(output)] else { return }
        used.users += 1
        memory[ObjectIdentifier(input)] = used
    }
}
