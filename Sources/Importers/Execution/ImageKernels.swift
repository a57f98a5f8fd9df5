import CKernels
import Compute

/// The kernels for imported networks of the instruction set that the other kernels have.
struct ImageKernels: @unchecked Sendable {
    let table: UnsafePointer<ck_image>

    init(_ kernels: Kernels) {
        guard let found = ck_image_named(kernels.isa) ?? ck_image_named("scalar") else {
            preconditionFailure("no kernels for \(kernels.isa)")
        }
        table = found
    }
}
