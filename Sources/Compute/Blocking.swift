import CKernels

/// The sizes in which a matrix product is worked on, the one place for all of them.
///
/// C is cut into column stripes of `nc`, the depth into steps of `kc`, and the rows into blocks of `mc`. A step of B
/// (kc x nc) is packed into tiles of `nr` columns for all threads; a block of A (mc x kc) stays in a core's second-level
/// cache; a tile of C (mr x nr) stays in registers. After Goto and van de Geijn 2008, "Anatomy of high-performance
/// matrix multiplication".
struct Blocking {
    /// Rows and columns of a tile in registers: what the kernel of the instruction set is made for.
    let mr, nr: Int
    /// Rows of A of one task.
    let mc: Int
    let kc: Int
    let nc: Int

    init(_ kernels: Kernels) {
        mr = Int(kernels.table.pointee.rows)
        nr = Int(kernels.table.pointee.tile)
        mc = (48 + mr - 1) / mr * mr
        kc = 256
        nc = (1024 + nr - 1) / nr * nr
    }

    /// Rows of one task: more where a row is little work.
    func rows(depth: Int, columns: Int) -> Int {
        let work = min(depth, kc) * min(columns, nc)
        let factor = max(1, (1 << 14) / max(work, 1))
        return mc * min(factor, 32)
    }

    /// Tiles of 4x4 pixels whose 36 coefficients of all channels and outputs are worked on together: they stay in a
    /// core's second-level cache, and each coefficient matrix of the weights is read for as many rows.
    static func winogradTiles(channels: Int, outputs: Int) -> Int {
        let tiles = (96 << 10) / (36 * (channels + outputs))
        return min(max(tiles / 8 * 8, 32), 64)
    }
}
