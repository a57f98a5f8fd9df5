import CKernels
import Compute
import Networks

/// Runs a `QuantizedNetwork`: integers from the first layer to the last, the same on every instruction set and for any
/// number of threads. An image's logits do not depend on the others in the batch.
public final class IntegerNetwork {
    public let network: QuantizedNetwork
    public let maximumBatch: Int
    /// N,H,W,C; to be filled before `forward(count:)`.
    public let input: UnsafeMutablePointer<Float>
    /// N,classes; valid after a forward.
    public let logits: UnsafeMutablePointer<Float>
    /// N,classes, as integers; valid after a forward.
    public let quantizedLogits: UnsafeMutablePointer<UInt8>

    private let plan: IntegerPlan
    private let kernels: IntegerKernels
    private let pool: ThreadPool
    private let inputBuffer, logitsBuffer: FloatBuffer
    private let workspaces: [[Slot]]

    /// Panels of a group of images, borders filled, with room that kernels may read behind them.
    private final class Slot {
        let base: UnsafeMutablePointer<UInt8>
        let count: Int

        init(_ panel: IntegerPanel, images: Int) {
            count = panel.bytes * images
            base = .allocate(capacity: count + 64)
            base.initialize(repeating: panel.zero, count: count + 64)
        }

        deinit { base.deallocate() }
    }

    public init(
        _ network: QuantizedNetwork, maximumBatch: Int, pool: ThreadPool, kernels: IntegerKernels = .standard
    ) {
        precondition(maximumBatch >= 1)
        self.network = network
        self.maximumBatch = maximumBatch
        self.pool = pool
        self.kernels = kernels
        let plan = IntegerPlan(network, maximumBatch: maximumBatch)
        self.plan = plan
        inputBuffer = FloatBuffer(count: maximumBatch * network.input.shape.count)
        logitsBuffer = FloatBuffer(count: maximumBatch * network.classes)
        (input, logits) = (inputBuffer.base, logitsBuffer.base)
        quantizedLogits = .allocate(capacity: maximumBatch * network.classes)
        quantizedLogits.initialize(repeating: 0, count: maximumBatch * network.classes)
        workspaces = (0..<pool.threads).map { _ in plan.slots.map { Slot($0, images: plan.group) } }
    }

    deinit { quantizedLogits.deallocate() }

    /// Bytes of activations of one thread.
    public var memoryBytes: Int { workspaces[0].reduce(0) { $0 + $1.count } }

    /// From the images in `input`.
    ///
    /// - Parameter count: images, 1...maximumBatch.
    public func forward(count: Int) {
        let (value, panel) = (network.input, plan.panels[0])
        let (shape, scale, zero) = (value.shape, value.scale, Int32(value.zero))
        let low = -Float(zero)
        run(count: count) { image, y, step in
            var x = UnsafePointer(input + image * shape.count)
            for row in 0..<shape.height {
                var to = y + row * panel.rowBytes
                for _ in 0..<shape.width {
                    for c in 0..<shape.channels {
                        let q = min(max(x[c] / scale, low), low + 255)
                        // Leaves no room for a fraction: ties go to even.
                        to[c] = UInt8(truncatingIfNeeded: Int32(q + 12_582_912 - 12_582_912) &+ zero)
                    }
                    x += shape.channels
                    to += step
                }
            }
        }
    }

    /// From pixels, N,H,W,C.
    ///
    /// - Parameter table: of each channel, what its 256 values are as inputs: `QuantizedNetwork.pixelTable`.
    public func forward(pixels: UnsafePointer<UInt8>, table: [[UInt8]], count: Int) {
        let shape = network.input.shape
        precondition(table.count == shape.channels && table.allSatisfy { $0.count == 256 })
        let flat = table.flatMap(\.self)
        flat.withUnsafeBufferPointer { flat in
            run(count: count) { image, y, step in
                var x = pixels + image * shape.count
                for row in 0..<shape.height {
                    var to = y + row * plan.panels[0].rowBytes
                    for _ in 0..<shape.width {
                        for c in 0..<shape.channels { to[c] = flat[c << 8 + Int(x[c])] }
                        x += shape.channels
                        to += step
                    }
                }
            }
        }
    }

    /// - Parameter load: writes an image's input: its index, where its first pixel goes, and bytes from pixel to pixel.
    private func run(count: Int, load: (_ image: Int, _ to: UnsafeMutablePointer<UInt8>, _ step: Int) -> Void) {
        precondition((1...maximumBatch).contains(count))
        let (from, to) = (plan.panels[0], plan.panels[plan.outputValue(of: network)])
        let classes = network.classes
        let output = network.output
        withoutActuallyEscaping(load) { load in
            pool.run((count + plan.group - 1) / plan.group) { block, thread in
                let slots = workspaces[thread]
                let first = block * plan.group
                let images = min(plan.group, count - first)
                for i in 0..<images {
                    load(first + i, slots[0].base + i * from.bytes + from.offset(0, 0), from.channels)
                }
                for step in plan.steps { perform(step, slots, images: images) }
                let made = slots[plan.slotOf[plan.outputValue(of: network)]].base
                for i in 0..<images {
                    // Logits are flat: 1 x 1 x classes in all networks that classify.
                    var at = (first + i) * classes
                    for y in 0..<to.shape.height {
                        for x in 0..<to.shape.width {
                            for c in 0..<to.shape.channels {
                                let q = made[i * to.bytes + to.offset(y, x) + c]
                                quantizedLogits[at] = q
                                logits[at] = output.real(q)
                                at += 1
                            }
                        }
                    }
                }
            }
        }
    }

    private func perform(_ step: IntegerPlan.Step, _ slots: [Slot], images: Int) {
        switch step {
        case .calls(let calls, let x, let y):
            for call in calls { call.perform(kernels, slots[x].base, slots[y].base, images: images) }
        case .add(let sum, let a, let b, let y):
            let panels = (plan.slots[a], plan.slots[b], plan.slots[y])
            var call = ck_s8_add()
            (call.aScale, call.bScale, call.shift) = (sum.aScale, sum.bScale, sum.shift)
            call.count = Int64(panels.2.shape.width * panels.2.channels)
            for image in 0..<images {
                for row in 0..<panels.2.shape.height {
                    call.a = UnsafePointer(slots[a].base + image * panels.0.bytes + panels.0.offset(row, 0))
                    call.b = UnsafePointer(slots[b].base + image * panels.1.bytes + panels.1.offset(row, 0))
                    call.q = slots[y].base + image * panels.2.bytes + panels.2.offset(row, 0)
                    kernels.table.pointee.add(&call)
                }
            }
        case .maxPool(let pool, let x, let y):
            let (from, to) = (plan.slots[x], plan.slots[y])
            for image in 0..<images {
                var call = ck_s8_pool()
                call.x = UnsafePointer(slots[x].base + image * from.bytes + from.offset(0, 0))
                (call.height, call.width) = (Int32(from.shape.height), Int32(from.shape.width))
                (call.channels, call.stride) = (Int32(from.channels), Int32(from.rowBytes))
                (call.size, call.step, call.padding) = (Int32(pool.size), Int32(pool.stride), Int32(pool.padding))
                call.y = slots[y].base + image * to.bytes + to.offset(0, 0)
                (call.outHeight, call.outWidth) = (Int32(to.shape.height), Int32(to.shape.width))
                call.outStride = Int32(to.rowBytes)
                kernels.table.pointee.max_pool(&call)
            }
        case .table(let table, let x, let y):
            let (from, to) = (plan.slots[x], plan.slots[y])
            table.withUnsafeBufferPointer { table in
                for image in 0..<images {
                    for row in 0..<to.shape.height {
                        let source = slots[x].base + image * from.bytes + from.offset(row, 0)
                        let target = slots[y].base + image * to.bytes + to.offset(row, 0)
                        for i in 0..<to.shape.width * to.channels { target[i] = table[Int(source[i])] }
                    }
                }
            }
        }
    }
}

extension IntegerPlan {
    func outputValue(of network: QuantizedNetwork) -> Int { network.steps[network.steps.count - 1].output }
}
