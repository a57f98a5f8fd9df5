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
    /// Floats from a row of a packed block of A to the next: no power of two, which would put all rows of a tile at
    /// one place in the cache.
    private let packedStride: Int
    /// Whether rows of A are read where they lie.
    private let readsInPlace: Bool
    private let packed: FloatBuffer
    private let blocks: [FloatBuffer]
    private let rowOffsets, outputs, start: IndexTable

    /// - Parameter threads: at least those of the pool that `run` is given.
    public init(rows: Int, depth: Int, columns: Int, threads: Int, kernels: Kernels = .standard) {
        precondition(min(rows, depth, columns, threads) > 0)
        self.rows = rows
        self.depth = depth
        self.columns = columns
        self.kernels = kernels
        let blocking = Blocking(kernels)
        self.blocking = blocking
        taskRows = min(rows, blocking.rows(depth: depth, columns: columns))
        let step = min(depth, blocking.kc)
        packedStride = step + 16
        readsInPlace = depth <= blocking.kc || columns <= 2 * blocking.nr
        packed = FloatBuffer(count: step * kernels.padded(min(columns, blocking.nc)))
        let room = readsInPlace ? 0 : taskRows * packedStride
        blocks = (0..<threads).map { _ in FloatBuffer(count: room) }
        let from = readsInPlace ? depth : packedStride
        rowOffsets = IndexTable((0..<taskRows).map { Int32($0 * from) })
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
        precondition(pool.threads <= blocks.count)
        for column in stride(from: 0, to: columns, by: blocking.nc) {
            let width = min(blocking.nc, columns - column)
            for from in stride(from: 0, to: depth, by: blocking.kc) {
                let step = min(blocking.kc, depth - from)
                pack(b + from * columns + column, depth: step, columns: width, pool: pool)
                pool.run((rows + taskRows - 1) / taskRows) { task, thread in
                    let first = task * taskRows
                    let count = min(taskRows, rows - first)
                    var call = ck_gemm()
                    call.a = block(a + first * depth + from, rows: count, depth: step, thread: thread)
                    call.rows = UnsafePointer(rowOffsets.base)
                    call.offsets = UnsafePointer(start.base)
                    call.segments = 1
                    call.run = Int32(step)
                    call.b = UnsafePointer(packed.base)
                    call.c = c + first * columns + column
                    call.outputs = UnsafePointer(outputs.base)
                    call.m = Int32(count)
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

    /// The rows of A that a task reads, side by side.
    private func block(_ a: UnsafePointer<Float>, rows count: Int, depth step: Int, thread: Int) -> UnsafePointer<Float>
    {
        if readsInPlace { return a }
        let block = blocks[thread].base
        for row in 0..<count { (block + row * packedStride).update(from: a + row * depth, count: step) }
        return UnsafePointer(block)
    }
}
