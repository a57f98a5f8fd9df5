import CKernels

/// The sizes in which matrix products are worked on, the one place for those that are no matter of a kernel.
///
/// C is cut into column stripes of `nc`, the depth into steps of `kc`, and the rows into blocks of `mc`. A step of B
/// (kc x nc) is packed into tiles of `nr` columns for all threads, a tile of C (mr x nr) stays in registers, and a tile
/// of B goes by once for each block of A, which is in a core's second-level cache by then. After Goto and van de Geijn
/// 2008, "Anatomy of high-performance matrix multiplication"; unlike theirs, rows of A are read where they lie, by
/// broadcast.
struct Blocking {
    /// Rows and columns of a tile in registers: what the kernel of the instruction set is made for.
    let mr, nr: Int
    /// Rows of A of one task: few, so that threads share a product evenly.
    let mc: Int
    let kc: Int
    let nc: Int

    init(_ kernels: Kernels) {
        mr = Int(kernels.table.pointee.rows)
        nr = Int(kernels.table.pointee.tile)
        mc = (64 + mr - 1) / mr * mr
        kc = 2304
        nc = (1024 + nr - 1) / nr * nr
    }

    /// Rows of one task: more where a row is little work.
    func rows(depth: Int, columns: Int) -> Int {
        let work = min(depth, kc) * min(columns, nc)
        return mc * min(max(1, (1 << 14) / work), 32)
    }

    /// Tiles of 4x4 pixels whose 36 coefficients of all channels and outputs are worked on together: they stay in a
    /// core's second-level cache, and each coefficient matrix of the weights is read for as many rows.
    static func winogradTiles(channels: Int, outputs: Int) -> Int {
        let tiles = (96 << 10) / (36 * (channels + outputs))
        return min(max(tiles / 8 * 8, 32), 64)
    }
}
