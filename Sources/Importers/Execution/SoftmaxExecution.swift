import Compute

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Softmax, or its logarithm, of contiguous rows.
struct SoftmaxExecution: ExecutableStep {
    let x: StepSource
    let output: Int
    let rows, length: Int
    let isLogarithm: Bool

    func run(_ memory: StepMemory, count: Int) {
        for image in 0..<count {
            for row in 0..<rows {
                let from = x.pointer(memory, image: image) + row * length
                let to = memory.pointer(output, image: image) + row * length
                var largest = from[0]
                for i in 1..<max(length, 1) { largest = max(largest, from[i]) }
                var sum: Float = 0
                for i in 0..<length {
                    let power = exp(from[i] - largest)
                    sum += power
                    to[i] = isLogarithm ? from[i] - largest : power
                }
                let shift = log(sum)
                for i in 0..<length { to[i] = isLogarithm ? to[i] - shift : to[i] / sum }
            }
        }
    }
}
