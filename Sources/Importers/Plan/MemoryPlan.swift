/// Which storages share memory: two whose values are never needed at once may lie in one slot.
struct MemoryPlan {
    /// The slot of each storage; `nil` for the input, which has memory of its own, and for storages without a step.
    let slots: [Int?]
    /// Floats of each slot for one image.
    let sizes: [Int]

    init(_ plan: Plan) {
        var lastUse = [Int](repeating: -1, count: plan.storages.count)
        for (index, step) in plan.steps.enumerated() {
            for storage in step.inputs + step.outputs { lastUse[storage] = index }
        }
        for view in [plan.logits] + plan.features { lastUse[view.storage] = plan.steps.count }

        var slots = [Int?](repeating: nil, count: plan.storages.count)
        var sizes: [Int] = []
        var free: [Int] = []
        for (index, step) in plan.steps.enumerated() {
            for storage in step.outputs where slots[storage] == nil && storage != 0 {
                let size = plan.storages[storage]
                // The smallest that is large enough, else the largest, which grows.
                let fitting = free.filter { sizes[$0] >= size }.min { sizes[$0] < sizes[$1] }
                if let slot = fitting ?? free.max(by: { sizes[$0] < sizes[$1] }) {
                    free.removeAll { $0 == slot }
                    sizes[slot] = max(sizes[slot], size)
                    slots[storage] = slot
                } else {
                    slots[storage] = sizes.count
                    sizes.append(size)
                }
            }
            for storage in Set(step.inputs + step.outputs) where lastUse[storage] == index {
                if let slot = slots[storage] { free.append(slot) }
            }
            free.sort()
        }
        (self.slots, self.sizes) = (slots, sizes)
    }
}
