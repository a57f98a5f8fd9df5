import CKernels
import Compute

extension ck_window {
    /// - Precondition: two axes.
    init(_ geometry: WindowGeometry, channels: Int) {
        let (y, x) = (geometry.axes[0], geometry.axes[1])
        self.init(
            height: Int32(y.size), width: Int32(x.size), channels: Int32(channels), kernelHeight: Int32(y.kernel),
            kernelWidth: Int32(x.kernel), strideHeight: Int32(y.stride), strideWidth: Int32(x.stride),
            dilationHeight: Int32(y.dilation), dilationWidth: Int32(x.dilation), padTop: Int32(y.before),
            padLeft: Int32(x.before), outHeight: Int32(y.out), outWidth: Int32(x.out))
    }
}

/// The largest value, or the sum times a share, of every window.
struct PoolExecution: ExecutableStep, @unchecked Sendable {
    let window: ck_window
    /// `nil`: the largest value.
    let shares: FloatBuffer?
    let x: StepSource
    let output: Int
    let kernels: ImageKernels

    func run(_ memory: StepMemory, count: Int) {
        withUnsafePointer(to: window) { window in
            for image in 0..<count {
                let from = x.pointer(memory, image: image)
                let to = memory.pointer(output, image: image)
                if let shares {
                    kernels.table.pointee.average_pool(window, shares.base, from, to)
                } else {
                    kernels.table.pointee.max_pool(window, from, to)
                }
            }
        }
    }
}

/// The mean or the largest value of each channel over all pixels.
struct GlobalPoolExecution: ExecutableStep, @unchecked Sendable {
    let x: StepSource
    let output: Int
    let pixels, channels: Int
    let isMaximum: Bool
    let kernels: ImageKernels

    func run(_ memory: StepMemory, count: Int) {
        let side = Int32(pixels)
        var window = ck_window(
            height: side, width: 1, channels: Int32(channels), kernelHeight: side, kernelWidth: 1, strideHeight: 1,
            strideWidth: 1, dilationHeight: 1, dilationWidth: 1, padTop: 0, padLeft: 0, outHeight: 1, outWidth: 1)
        for image in 0..<count {
            let from = x.pointer(memory, image: image)
            let to = memory.pointer(output, image: image)
            if isMaximum {
                kernels.table.pointee.max_pool(&window, from, to)
            } else {
                ck_global_pool(from, Int64(pixels), Int32(channels), nil, nil, 0, to)
            }
        }
    }
}
