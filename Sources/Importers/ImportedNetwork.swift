import CKernels
import Compute

/// An imported model in evaluation, in place of an `InferenceNetwork`.
///
/// A few images at a time go through all steps in one thread, so that their activations stay in its cache. An image's
/// logits depend neither on the others in the batch nor on the number of threads.
public final class ImportedNetwork {
    public let model: ImportedModel
    public let maximumBatch: Int
    /// N,H,W,C; to be filled before `forward`.
    public let input: UnsafeMutablePointer<Float>
    /// N,classes; valid after `forward`.
    public let logits: UnsafeMutablePointer<Float>

    private let pool: ThreadPool
    private let imageKernels: ImageKernels
    let steps: [any ExecutableStep]
    let workspaces: [StepMemory]
    private let inputBuffer, logitsBuffer: FloatBuffer
    private let featureBuffers: [FloatBuffer]
    private let results: [(copy: StridedCopy, storage: Int, buffer: FloatBuffer, count: Int)]
    /// Images that go through all steps together.
    let block: Int

    /// - Parameters:
    ///   - precision: of the products of convolutions.
    ///   - kernels: the instruction set.
    ///   - block: images that go through all steps together; `nil`: what suits the network.
    public init(
        _ model: ImportedModel, maximumBatch: Int, precision: Precision = .fp32, pool: ThreadPool,
        kernels: Kernels = .standard, block: Int? = nil
    ) {
        precondition(maximumBatch >= 1)
        self.model = model
        self.maximumBatch = maximumBatch
        self.pool = pool
        let plan = model.plan
        let suited = ImageBlock.images(
            largest: plan.storages.max() ?? 1,
            convolutions: plan.steps.compactMap { step in
                guard case .convolution(let planned, _) = step.kind else { return nil }
                return (planned.weights.count, planned.geometry.outHeight * planned.geometry.outWidth)
            }, maximumBatch: maximumBatch)
        self.block = min(block ?? suited, (maximumBatch + pool.threads - 1) / pool.threads)
        let imageKernels = ImageKernels(kernels)
        self.imageKernels = imageKernels
        let block = self.block
        do {
            steps = try plan.steps.map {
                try $0.executable(block: block, precision: precision, kernels: kernels, imageKernels: imageKernels)
            }
        } catch {
            preconditionFailure("a planned step cannot be run: \(error)")
        }
        let memory = MemoryPlan(plan)
        let scratch = steps.map { ($0 as? ConvolutionExecution)?.convolution.forwardScratchCount ?? 0 }.max() ?? 0
        workspaces = (0..<pool.threads).map { _ in
            StepMemory(plan, memory: memory, block: block, scratch: scratch)
        }
        inputBuffer = FloatBuffer(count: maximumBatch * plan.storages[0])
        logitsBuffer = FloatBuffer(count: maximumBatch * model.classes)
        featureBuffers = plan.features.map { FloatBuffer(count: maximumBatch * $0.count) }
        input = inputBuffer.base
        logits = logitsBuffer.base
        results = zip([plan.logits] + plan.features, [logitsBuffer] + featureBuffers).map { view, buffer in
            let target = View(storage: 0, shape: view.shape, order: View.natural(rank: view.rank))
            return (StridedCopy(view, to: target), view.storage, buffer, view.count)
        }
    }

    /// Bytes of activations and scratch memory, without parameters.
    public var memoryBytes: Int {
        4
            * workspaces.reduce(inputBuffer.count + featureBuffers.reduce(logitsBuffer.count) { $0 + $1.count }) {
                $0 + $1.count
            }
    }

    /// N and the feature's shape, dense; valid after `forward`.
    public func feature(_ index: Int) -> UnsafePointer<Float> { UnsafePointer(featureBuffers[index].base) }

    /// - Parameter count: images in `input`, 1...maximumBatch.
    public func forward(count: Int) {
        precondition((1...maximumBatch).contains(count))
        pool.run((count + block - 1) / block) { task, thread in
            let first = task * block
            let images = min(block, count - first)
            let memory = workspaces[thread]
            memory.setInput(input + first * memory.strides[0])
            for step in steps { step.run(memory, count: images) }
            for (copy, storage, buffer, size) in results {
                for image in 0..<images {
                    copy.run(
                        memory.pointer(storage, image: image), buffer.base + (first + image) * size,
                        kernels: imageKernels)
                }
            }
        }
    }
}
