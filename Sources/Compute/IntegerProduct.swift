import CKernels

/// C = A B of row-major matrices of one shape: unsigned 8-bit A by signed 8-bit B, exact in 32 bits.
public final class IntegerProduct {
    public let rows, depth, columns: Int
    private let kernels: IntegerKernels
    private let taskRows: Int
    private let packed: UnsafeMutablePointer<Int8>
    private let rowOffsets, outputs, start: IndexTable

    /// Values that one sum may have without leaving 32 bits.
    public static let largestDepth = Int(Int32.max) / (255 * 128)

    /// - Parameters:
    ///   - depth: a multiple of 4, at most `largestDepth`.
    ///   - b: depth x columns; packed here.
    public init(
        rows: Int, depth: Int, columns: Int, b: UnsafePointer<Int8>, kernels: IntegerKernels = .standard
    ) {
        precondition(min(rows, depth, columns) > 0 && depth % 4 == 0 && depth <= Self.largestDepth)
        self.rows = rows
        self.depth = depth
        self.columns = columns
        self.kernels = kernels
        let tile = CK_S8_TILE
        packed = .allocate(capacity: depth * ((columns + tile - 1) / tile * tile))
        ck_s8_pack_b(packed, b, Int32(depth), Int64(columns), Int32(columns), 1)
        // About 4 million products a task.
        let taskRows = min(rows, max(64, (1 << 22) / (depth * columns) / 12 * 12))
        self.taskRows = taskRows
        rowOffsets = IndexTable((0..<taskRows).map { Int32($0 * depth) })
        outputs = IndexTable((0..<taskRows).map { Int32($0 * columns) })
        start = IndexTable([0])
    }

    deinit { packed.deallocate() }

    /// - Parameters:
    ///   - a: rows x depth.
    ///   - c: rows x columns, written.
    public func run(_ a: UnsafePointer<UInt8>, to c: UnsafeMutablePointer<Int32>, pool: ThreadPool) {
        pool.run((rows + taskRows - 1) / taskRows) { task, _ in
            let first = task * taskRows
            var call = ck_s8_gemm()
            call.a = a + first * depth
            call.rows = UnsafePointer(rowOffsets.base)
            call.offsets = UnsafePointer(start.base)
            call.segments = 1
            call.run = Int32(depth)
            // Rows that few tiles of columns read come from memory, not from a cache.
            call.ahead = columns <= 8 * CK_S8_TILE ? Int32(12 * depth) : 0
            call.b = UnsafePointer(packed)
            call.outputs = UnsafePointer(outputs.base)
            call.m = Int32(min(taskRows, rows - first))
            call.n = Int32(columns)
            call.c = c + first * columns
            kernels.table.pointee.gemm(&call)
        }
    }
}
