import Compute

/// Elements moved between layouts.
struct CopyExecution: ExecutableStep {
    let copy: StridedCopy
    let x: StepSource
    let output: Int
    let kernels: ImageKernels

    func run(_ memory: StepMemory, count: Int) {
        for image in 0..<count {
            copy.run(x.pointer(memory, image: image), memory.pointer(output, image: image), kernels: kernels)
        }
    }
}

extension StridedCopy {
    func run(
        _ source: UnsafePointer<Float>, _ destination: UnsafeMutablePointer<Float>, kernels: ImageKernels
    ) {
        kernels.table.pointee.move(source + offset, destination + target, Int32(sizes.count), sizes, from, to)
    }
}

/// The same value everywhere.
struct FillExecution: ExecutableStep {
    let value: Float
    let size: Int
    let output: Int

    func run(_ memory: StepMemory, count: Int) {
        for image in 0..<count { memory.pointer(output, image: image).update(repeating: value, count: size) }
    }
}

/// Rows and columns as weighted sums of others.
struct ResizeExecution: ExecutableStep {
    let rows, columns: ResizeTaps
    let x: StepSource
    let output: Int
    let channels: Int

    func run(_ memory: StepMemory, count: Int) {
        for image in 0..<count {
            resize(x.pointer(memory, image: image), memory.pointer(output, image: image))
        }
    }

    private func resize(_ source: UnsafePointer<Float>, _ destination: UnsafeMutablePointer<Float>) {
        var to = destination
        for y in 0..<rows.count {
            for x in 0..<columns.count {
                to.update(repeating: 0, count: channels)
                for row in rows.starts[y]..<rows.starts[y + 1] {
                    for column in columns.starts[x]..<columns.starts[x + 1] {
                        let weight = rows.weights[row] * columns.weights[column]
                        let from = source + (rows.indices[row] * columns.size + columns.indices[column]) * channels
                        for c in 0..<channels { to[c] += weight * from[c] }
                    }
                }
                to += channels
            }
        }
    }
}
