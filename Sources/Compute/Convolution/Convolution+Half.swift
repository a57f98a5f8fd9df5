import CKernels

/// Products of bfloat16 values: weights in pairs, and panels rounded.
extension Convolution {
    /// The weights that were just packed.
    func packPairs() {
        let g = geometry
        pack(packed, into: pairs, plan: forwardPlan, rows: g.channels, columns: g.outputs)
        for (index, plan) in backwardPlans.enumerated() where !plan.taps.isEmpty {
            pack(packedBackward[index], into: pairsBackward[index], plan: plan, rows: g.outputs, columns: g.channels)
        }
    }

    private func pack(_ packed: FloatBuffer, into pairs: FloatBuffer, plan: ColumnPlan, rows: Int, columns: Int) {
        pairs.base.withMemoryRebound(to: UInt32.self, capacity: pairs.count) { words in
            guard tiling != nil else {
                ck_bf16_pack_pairs(
                    kernels.table, words, packed.base, Int32(plan.offsets.count), Int32(plan.run), Int32(columns))
                return
            }
            let matrix = rows * kernels.padded(columns)
            for index in 0..<36 {
                ck_bf16_pack_pairs(
                    kernels.table, words + index * matrix / 2, packed.base + index * matrix, 1, Int32(rows),
                    Int32(columns))
            }
        }
    }

    /// Floats of memory for a panel of `count` floats, rounded.
    func narrowCount(_ count: Int) -> Int { isHalf && tiling == nil ? count / 2 + 16 : 0 }

    /// A group's panels rounded, as the products' `a`: 16-bit values. What a product reads beyond them is zero.
    func narrow(
        _ panels: UnsafePointer<Float>, count: Int, scratch: UnsafeMutablePointer<Float>
    ) -> UnsafePointer<Float> {
        scratch.withMemoryRebound(to: UInt16.self, capacity: count + 2) { halves in
            kernels.halves.pointee.narrow(panels, halves, Int64(count))
            halves[count] = 0
            halves[count + 1] = 0
        }
        return UnsafePointer(scratch)
    }
}

extension ColumnPlan {
    /// Words of packed weights in pairs.
    ///
    /// - Parameter packed: floats of packed weights.
    func pairCount(_ packed: Int, in tiling: WinogradTiling?) -> Int {
        guard tiling == nil else { return packed / 2 }
        return run == 0 ? 0 : packed / run * ((run + 1) / 2)
    }
}
