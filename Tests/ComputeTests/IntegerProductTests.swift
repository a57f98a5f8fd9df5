import CKernels
import Compute
import Testing

/// Integer products of every instruction set against their definition, to the bit.
@Suite struct IntegerProductTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let rows, depth, columns: Int
        var testDescription: String { "\(rows)x\(depth)x\(columns)" }
    }

    static let shapes = [
        Shape(rows: 1, depth: 4, columns: 1), Shape(rows: 13, depth: 28, columns: 16),
        Shape(rows: 25, depth: 144, columns: 17), Shape(rows: 200, depth: 36, columns: 33),
        Shape(rows: 50, depth: 1152, columns: 70), Shape(rows: 3, depth: 65_792, columns: 2),
    ]

    @Test(arguments: shapes) func agreesWithItsDefinition(shape: Shape) {
        var random = CounterRandom(seed: 2, stream: 1)
        // The extremes too, whose products the sums must hold.
        let a = (0..<shape.rows * shape.depth).map { _ in
            [0, 255, UInt8(random.index(below: 256))][random.index(below: 3)]
        }
        let b = (0..<shape.depth * shape.columns).map { _ in
            [-128, 127, Int8(random.index(below: 256) - 128)][random.index(below: 3)]
        }
        let expected = (0..<shape.rows * shape.columns).map { index in
            (0..<shape.depth).reduce(Int32(0)) {
                $0 + Int32(a[index / shape.columns * shape.depth + $1])
                    * Int32(b[$1 * shape.columns + index % shape.columns])
            }
        }
        for kernels in IntegerKernels.available {
            for threads in [1, 3] {
                var c = [Int32](repeating: -1, count: expected.count)
                IntegerProduct(
                    rows: shape.rows, depth: shape.depth, columns: shape.columns, b: b, kernels: kernels
                ).run(a, to: &c, pool: ThreadPool(threads: threads))
                #expect(c == expected, "\(kernels.isa), \(threads) threads")
            }
        }
    }

    /// im2col as offsets, and the way back to 8 bits: rounding to even, both ends of the range, rows and columns of
    /// every remainder.
    @Test(arguments: [2, 5, 16, 17, 31, 40]) func requantises(columns: Int) {
        var random = CounterRandom(seed: 3, stream: UInt32(columns))
        let (rows, run) = (15, 8)
        let offsets: [Int32] = [0, 40, 16]
        let starts = (0..<rows).map { Int32($0 * 8) }
        let a = (0..<rows * 8 + 64).map { _ in UInt8(random.index(below: 256)) }
        let b = (0..<3 * run * columns).map { _ in Int8(random.index(below: 256) - 128) }
        // Halves come up where the scale is a power of two.
        let scale = (0..<columns).map { $0 % 2 == 0 ? 1.0 / 64 : Float(random.index(below: 1000)) / 40_000 }
        let bias = (0..<columns).map { _ in Int32(random.index(below: 4001)) - 2000 }
        let zero = 3
        var expected = [UInt8](repeating: 0, count: rows * columns)
        for m in 0..<rows {
            for n in 0..<columns {
                var sum: Int32 = 0
                for k in 0..<3 * run {
                    sum += Int32(a[Int(starts[m] + offsets[k / run]) + k % run]) * Int32(b[k * columns + n])
                }
                let value = (Float(sum + bias[n]) * scale[n]).rounded(.toNearestOrEven) + Float(zero)
                expected[m * columns + n] = UInt8(min(max(value, 0), 255))
            }
        }
        #expect(expected.contains(0) && expected.contains(255))
        var packed = [Int8](repeating: 0, count: 3 * run * 64)
        ck_s8_pack_b(&packed, b, Int32(3 * run), Int64(columns), Int32(columns), 1)
        let outputs = (0..<rows).map { Int32($0 * columns) }
        for kernels in IntegerKernels.available {
            var found = [UInt8](repeating: 7, count: rows * columns)
            starts.withUnsafeBufferPointer { starts in
                outputs.withUnsafeBufferPointer { outputs in
                    offsets.withUnsafeBufferPointer { offsets in
                        scale.withUnsafeBufferPointer { scale in
                            bias.withUnsafeBufferPointer { bias in
                                a.withUnsafeBufferPointer { a in
                                    packed.withUnsafeBufferPointer { packed in
                                        found.withUnsafeMutableBufferPointer { found in
                                            var call = ck_s8_gemm(
                                                a: a.baseAddress, rows: starts.baseAddress,
                                                offsets: offsets.baseAddress, segments: 3, run: Int32(run),
                                                b: packed.baseAddress, outputs: outputs.baseAddress, m: Int32(rows),
                                                n: Int32(columns), ahead: 64, c: nil, q: found.baseAddress,
                                                scale: scale.baseAddress, bias: bias.baseAddress, zero: Int32(zero))
                                            kernels.table.pointee.gemm(&call)
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            #expect(found == expected, "\(kernels.isa)")
        }
    }
}
