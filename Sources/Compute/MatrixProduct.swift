import CKernels

/// C = A B of row-major matrices of one shape, in single precision.
///
/// Work is cut by shape, and each element of C is added up in the order of the depth: the result does not depend on the
/// number of threads. Packed B and offsets are made once.
public final class MatrixProduct {
    public let rows, depth, columns: Int
    private let kernels: Kernels
    private let blocking: Blocking
    private let taskRows: Int
    private let packed: FloatBuffer
    private let rowOffsets, outputs, start: IndexTable

    public init(rows: Int, depth: Int, columns: Int, kernels: Kernels = .standard) {
        precondition(min(rows, depth, columns) > 0)
        self.rows = rows
        self.depth = depth
        self.columns = columns
        self.kernels = kernels
        blocking = Blocking(kernels)
        let taskRows = min(rows, blocking.rows(depth: depth, columns: columns))
        self.taskRows = taskRows
        packed = FloatBuffer(count: min(depth, blocking.kc) * kernels.padded(min(columns, blocking.nc)))
        rowOffsets = IndexTable((0..<taskRows).map { Int32($0 * depth) })
        outputs = IndexTable((0..<taskRows).map { Int32($0 * columns) })
        start = IndexTable([0])
    }

    /// - Parameters:
    ///   - a: rows x depth.
    ///   - b: depth x columns.
    ///   - c: rows x columns, written.
    public func run(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, to c: UnsafeMutablePointer<Float>, pool: ThreadPool
    ) {
        for column in stride(from: 0, to: columns, by: blocking.nc) {
            let width = min(blocking.nc, columns - column)
            // Rows that few tiles of columns read come from memory, not from a cache: the next ones are fetched ahead.
            let ahead = width <= 8 * blocking.nr ? blocking.mr * depth : 0
            for from in stride(from: 0, to: depth, by: blocking.kc) {
                let step = min(blocking.kc, depth - from)
                pack(b + from * columns + column, depth: step, columns: width, pool: pool)
                pool.run((rows + taskRows - 1) / taskRows) { task, _ in
                    let first = task * taskRows
                    var call = ck_gemm()
                    call.a = a + first * depth + from
                    call.rows = UnsafePointer(rowOffsets.base)
                    call.offsets = UnsafePointer(start.base)
                    call.segments = 1
                    call.run = Int32(step)
                    call.ahead = Int32(ahead)
                    call.b = UnsafePointer(packed.base)
                    call.c = c + first * columns + column
                    call.outputs = UnsafePointer(outputs.base)
                    call.m = Int32(min(taskRows, rows - first))
                    call.n = Int32(width)
                    call.accumulate = from > 0 ? 1 : 0
                    kernels.table.pointee.gemm(&call)
                }
            }
        }
    }

    /// Tiles of B, a few to a task.
    private func pack(_ b: UnsafePointer<Float>, depth: Int, columns width: Int, pool: ThreadPool) {
        let share = 4 * blocking.nr
        pool.run((width + share - 1) / share) { task, _ in
            let first = task * share
            ck_pack_b(
                kernels.table, packed.base + first * depth, b + first, start.base, 1, Int32(depth), Int64(columns),
                Int32(min(share, width - first)), 1)
        }
    }
}
