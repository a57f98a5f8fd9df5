import CKernels
import Compute

/// act(scale x + shift) for each channel.
struct AffineExecution: ExecutableStep {
    let x: StepSource
    let output: Int
    let scale, shift: FloatBuffer
    let pixels: Int
    let activation: Activation
    let kernels: Kernels

    func run(_ memory: StepMemory, count: Int) {
        for image in 0..<count {
            kernels.table.pointee.add(
                x.pointer(memory, image: image), scale.base, shift.base, nil, nil, nil, activation.rawValue,
                memory.pointer(output, image: image), Int64(pixels), Int32(scale.count))
        }
    }
}

/// act(a + b)
struct AddExecution: ExecutableStep {
    let a, b: StepSource
    let output: Int
    let size: Int
    let activation: Activation
    let kernels: Kernels

    func run(_ memory: StepMemory, count: Int) {
        // As pixels of one vector or two; a rest goes through as a pixel of its own.
        let channels = size >= 32 ? 32 : size
        let whole = size / channels * channels
        for image in 0..<count {
            let (left, right) = (a.pointer(memory, image: image), b.pointer(memory, image: image))
            let to = memory.pointer(output, image: image)
            kernels.table.pointee.add(
                left, nil, nil, right, nil, nil, activation.rawValue, to, Int64(size / channels), Int32(channels))
            guard whole < size else { continue }
            kernels.table.pointee.add(
                left + whole, nil, nil, right + whole, nil, nil, activation.rawValue, to + whole, 1,
                Int32(size - whole))
        }
    }
}

/// act(factor x + term) with values for each channel of each image.
struct PerChannelExecution: ExecutableStep {
    let x: StepSource
    let factor, term: StepSource?
    let output: Int
    let pixels, channels: Int
    let activation: Activation
    let kernels: Kernels

    func run(_ memory: StepMemory, count: Int) {
        for image in 0..<count {
            kernels.table.pointee.add(
                x.pointer(memory, image: image), factor?.pointer(memory, image: image),
                term?.pointer(memory, image: image), nil, nil, nil, activation.rawValue,
                memory.pointer(output, image: image), Int64(pixels), Int32(channels))
        }
    }
}

/// A function of every value.
struct PointwiseExecution: ExecutableStep {
    let function: PointFunction
    let x: StepSource
    let output: Int
    let size: Int
    let kernels: ImageKernels

    func run(_ memory: StepMemory, count: Int) {
        for image in 0..<count {
            kernels.table.pointee.pointwise(
                function.code, function.parameters, x.pointer(memory, image: image),
                memory.pointer(output, image: image), Int64(size))
        }
    }
}

/// A function of two values at a time.
struct BinaryExecution: ExecutableStep {
    let function: BinaryFunction
    let a, b: StepSource
    let output: Int
    let size: Int
    let kernels: ImageKernels

    func run(_ memory: StepMemory, count: Int) {
        for image in 0..<count {
            kernels.table.pointee.binary(
                function.code, a.pointer(memory, image: image), b.pointer(memory, image: image),
                memory.pointer(output, image: image), Int64(size))
        }
    }
}

/// A slope for negative values of each channel.
struct PReluExecution: ExecutableStep {
    let x: StepSource
    let slope: FloatBuffer
    let output: Int
    let pixels: Int
    let kernels: ImageKernels

    func run(_ memory: StepMemory, count: Int) {
        for image in 0..<count {
            kernels.table.pointee.prelu(
                x.pointer(memory, image: image), slope.base, memory.pointer(output, image: image), Int64(pixels),
                Int32(slope.count))
        }
    }
}
