import Compute

/// One thread's memory of a block of images: where each storage lies.
final class StepMemory: @unchecked Sendable {
    /// Of the first image of the block, by storage.
    private let bases: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>
    private let slots: [FloatBuffer]
    /// Floats from one image to the next, by storage.
    let strides: [Int]
    let scratch: FloatBuffer

    init(_ plan: Plan, memory: MemoryPlan, block: Int, scratch: Int) {
        slots = memory.sizes.map { FloatBuffer(count: $0 * block) }
        strides = plan.storages
        self.scratch = FloatBuffer(count: scratch)
        bases = .allocate(capacity: plan.storages.count)
        for (storage, slot) in memory.slots.enumerated() {
            (bases + storage).initialize(to: slot.map { slots[$0].base })
        }
    }

    deinit { bases.deallocate() }

    /// Floats of all buffers.
    var count: Int { slots.reduce(scratch.count) { $0 + $1.count } }

    func setInput(_ base: UnsafeMutablePointer<Float>) { bases[0] = base }

    /// A storage's part for one image of the block.
    func pointer(_ storage: Int, image: Int) -> UnsafeMutablePointer<Float> {
        guard let base = bases[storage] else { preconditionFailure("storage \(storage) has no memory") }
        return base + image * strides[storage]
    }
}

/// What a step reads, ready for execution.
struct StepSource {
    private let storage: Int
    private let offset: Int
    private let constant: FloatBuffer?

    init(_ operand: PlanStep.Operand) {
        switch operand {
        case .storage(let storage, let offset): (self.storage, self.offset, constant) = (storage, offset, nil)
        case .constant(let values): (storage, offset, constant) = (0, 0, FloatBuffer(values))
        }
    }

    func pointer(_ memory: StepMemory, image: Int) -> UnsafePointer<Float> {
        if let constant { return UnsafePointer(constant.base) }
        return UnsafePointer(memory.pointer(storage, image: image) + offset)
    }

    /// Floats from one image to the next.
    func stride(_ memory: StepMemory) -> Int { constant == nil ? memory.strides[storage] : 0 }
}

extension FloatBuffer {
    convenience init(_ values: [Float]) {
        self.init(count: values.count)
        for (i, value) in values.enumerated() { base[i] = value }
    }
}

/// A step that can be run.
protocol ExecutableStep: Sendable {
    /// Works on the first `count` images of the block.
    func run(_ memory: StepMemory, count: Int)
}
