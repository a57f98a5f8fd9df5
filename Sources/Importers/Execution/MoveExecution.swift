import Compute

/// Elements moved between layouts.
struct CopyExecution: ExecutableStep {
    let copy: StridedCopy
    let x: StepSource
    let output: Int

    func run(_ memory: StepMemory, count: Int) {
        for image in 0..<count {
            copy.run(x.pointer(memory, image: image), memory.pointer(output, image: image))
        }
    }
}

extension StridedCopy {
    func run(_ source: UnsafePointer<Float>, _ destination: UnsafeMutablePointer<Float>) {
        sizes.withUnsafeBufferPointer { sizes in
            from.withUnsafeBufferPointer { from in
                to.withUnsafeBufferPointer { to in
                    Self.move(source + offset, destination + target, sizes[...], from[...], to[...])
                }
            }
        }
    }

    private static func move(
        _ source: UnsafePointer<Float>, _ destination: UnsafeMutablePointer<Float>,
        _ sizes: Slice<UnsafeBufferPointer<Int>>, _ from: Slice<UnsafeBufferPointer<Int>>,
        _ to: Slice<UnsafeBufferPointer<Int>>
    ) {
        guard let size = sizes.first, let a = from.first, let b = to.first else {
            destination[0] = source[0]
            return
        }
        if sizes.count == 1 {
            if a == 1 && b == 1 {
                destination.update(from: source, count: size)
            } else {
                for i in 0..<size { destination[i * b] = source[i * a] }
            }
            return
        }
        for i in 0..<size {
            move(source + i * a, destination + i * b, sizes.dropFirst(), from.dropFirst(), to.dropFirst())
        }
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
