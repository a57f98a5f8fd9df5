import CKernels
import Compute
import Testing

/// The channel-wise kernels of every instruction set against the scalar table, for channel counts around every vector.
@Suite struct ChannelKernelTests {
    static let channels = [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 31, 33, 64]
    static let activations: [Activation] = [.none, .relu, .relu6, .hardSwish]
    static let scalar = Kernels(named: "scalar")!
    static let fast = Kernels.available.filter { $0.isa != "scalar" }

    /// Values over the range where activations bend.
    func spread(_ count: Int, _ stream: UInt32) -> [Float] { noise(count, stream: stream).map { $0 * 8 } }

    private func compare(
        _ count: Int, tolerance: Float = 1e-4, _ body: (Kernels, UnsafeMutablePointer<Float>) -> Void
    ) -> [String] {
        var expected = [Float](repeating: 0.5, count: count)
        body(Self.scalar, &expected)
        return Self.fast.compactMap { kernels in
            var found = [Float](repeating: 0.5, count: count)
            body(kernels, &found)
            let worst = zip(found, expected).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
            return worst <= tolerance ? nil : "\(kernels.isa) differs by \(worst)"
        }
    }

    @Test(arguments: channels) func copies(c: Int) {
        let source = spread(3 * 5 * c, 1)
        let scale = noise(c, stream: 2)
        let shift = noise(c, stream: 3)
        for activation in Self.activations {
            let wrong = compare(3 * 7 * c) { kernels, out in
                source.withUnsafeBufferPointer { source in
                    scale.withUnsafeBufferPointer { scale in
                        shift.withUnsafeBufferPointer { shift in
                            var call = ck_copy(
                                source: source.baseAddress, panel: out, height: 3, width: 5, channels: Int32(c),
                                panelWidth: 7, scale: scale.baseAddress, shift: shift.baseAddress,
                                activation: activation.rawValue)
                            kernels.table.pointee.copy(&call)
                        }
                    }
                }
            }
            #expect(wrong.isEmpty, "\(wrong)")
        }
    }

    @Test(arguments: channels) func normGradients(c: Int) {
        let pixels = 21
        let gradient = spread(pixels * c, 4)
        let y = spread(pixels * c, 5)
        let perChannel = noise(6 * c, stream: 6)
        for activation in Self.activations {
            for accumulate in [0, 1] as [Int32] {
                let wrong = compare(pixels * c) { kernels, out in
                    perChannel.withUnsafeBufferPointer { values in
                        gradient.withUnsafeBufferPointer { gradient in
                            y.withUnsafeBufferPointer { y in
                                let base = values.baseAddress!
                                var call = ck_norm_gradient(
                                    gradient: gradient.baseAddress, y: y.baseAddress, panel: out, height: 1,
                                    width: Int32(pixels), channels: Int32(c), panelWidth: Int32(pixels), scale: base,
                                    shift: base + c, activation: activation.rawValue, p: base + 2 * c, q: base + 3 * c,
                                    r: base + 4 * c, accumulate: accumulate)
                                kernels.table.pointee.norm_gradient(&call)
                            }
                        }
                    }
                }
                #expect(wrong.isEmpty, "\(wrong)")
            }
        }
    }

    @Test(arguments: channels) func sums(c: Int) {
        // More pixels than one block of the kernel, and an odd number.
        let pixels = 301
        let gradient = spread(pixels * c, 7)
        let y = spread(pixels * c, 8)
        let perChannel = noise(3 * c, stream: 9)
        let moments = compare(2 * c) { kernels, out in
            kernels.table.pointee.moments(y, Int64(pixels), Int32(c), out)
        }
        #expect(moments.isEmpty, "\(moments)")
        for activation in Self.activations {
            let wrong = compare(2 * c) { kernels, out in
                perChannel.withUnsafeBufferPointer { values in
                    let base = values.baseAddress!
                    kernels.table.pointee.norm_sums(
                        gradient, y, Int64(pixels), Int32(c), base, base + c, activation.rawValue, base + 2 * c, out)
                }
            }
            #expect(wrong.isEmpty, "\(wrong)")
        }
    }

    @Test(arguments: channels) func additions(c: Int) {
        let pixels = 300
        let a = spread(pixels * c, 10)
        let b = spread(pixels * c, 11)
        let perChannel = noise(4 * c, stream: 12)
        for activation in Self.activations {
            for second in [true, false] {
                let wrong = compare(pixels * c) { kernels, out in
                    perChannel.withUnsafeBufferPointer { values in
                        b.withUnsafeBufferPointer { b in
                            let base = values.baseAddress!
                            kernels.table.pointee.add(
                                a, base, base + c, second ? b.baseAddress : nil, base + 2 * c, base + 3 * c,
                                activation.rawValue, out, Int64(pixels), Int32(c))
                        }
                    }
                }
                #expect(wrong.isEmpty, "\(wrong)")
            }
        }
        for activation in [Activation.relu, .relu6] {
            let wrong = compare(pixels * c) { kernels, out in
                kernels.table.pointee.mask(a, b, activation.rawValue, out, Int64(pixels * c))
            }
            #expect(wrong.isEmpty, "\(wrong)")
        }
        let wrong = compare(pixels * c) { kernels, out in
            kernels.table.pointee.accumulate(a, out, Int64(pixels * c))
        }
        #expect(wrong.isEmpty, "\(wrong)")
    }

    /// Against the scalar table, values, places and gradients: windows that overlap, leave pixels out and reach beyond the
    /// image, of values as they are and behind a norm and an activation.
    @Test(arguments: channels, [Activation?.none, .some(.none), .relu, .relu6, .hardSwish])
    func maximaOfWindows(c: Int, activation: Activation?) {
        let (height, width) = (7, 9)
        // Few different values, so that the first of equals matters.
        let x = noise(height * width * c, stream: 13).map { ($0 * 4).rounded() }
        let scale = (0..<c).map { Float($0 % 3 == 0 ? -0.5 : 2) }
        let shift = (0..<c).map { Float($0 % 5) - 2 }
        let dy = noise(height * width * c, stream: 14)
        for (size, stride, padding) in [(2, 2, 0), (3, 2, 1), (2, 1, 0), (3, 3, 1), (1, 2, 0)] {
            let outHeight = (height + 2 * padding - size) / stride + 1
            let outWidth = (width + 2 * padding - size) / stride + 1
            let count = outHeight * outWidth * c
            let isDisjoint = size == stride && padding == 0
            func pooled(_ kernels: Kernels) -> (y: [Float], chosen: [Int32], dx: [Float]) {
                var y = [Float](repeating: .nan, count: count)
                var chosen = [Int32](repeating: -1, count: count)
                var dx = [Float](repeating: .nan, count: x.count)
                y.withUnsafeMutableBufferPointer { y in
                    chosen.withUnsafeMutableBufferPointer { chosen in
                        withPointers(x, scale, shift) { x, scale, shift in
                            var call = ck_pooling(
                                x: x, scale: activation == nil ? nil : scale, shift: activation == nil ? nil : shift,
                                activation: (activation ?? .none).rawValue, height: Int32(height), width: Int32(width),
                                channels: Int32(c), size: Int32(size), stride: Int32(stride), padding: Int32(padding),
                                outHeight: Int32(outHeight), outWidth: Int32(outWidth), y: y.baseAddress,
                                chosen: chosen.baseAddress)
                            kernels.table.pointee.max_pool(&call)
                            if isDisjoint { kernels.table.pointee.max_pool_gradient(&call, dy, &dx) }
                        }
                    }
                }
                return (y, chosen, isDisjoint ? dx : [])
            }
            let expected = pooled(Self.scalar)
            if activation == nil { #expect(zip(expected.y, expected.chosen).allSatisfy { $0 == x[Int($1)] }) }
            if isDisjoint {
                var sums = [Float](repeating: 0, count: x.count)
                for (place, value) in zip(expected.chosen, dy) { sums[Int(place)] += value }
                #expect(expected.dx == sums)
            }
            for kernels in Self.fast {
                let found = pooled(kernels)
                // Scales are powers of two and values few, so that fused and separate sums are the same.
                #expect(found.y == expected.y || activation == .hardSwish, "\(kernels.isa)")
                #expect(zip(found.y, expected.y).allSatisfy { abs($0 - $1) <= 1e-6 }, "\(kernels.isa)")
                #expect(found.chosen == expected.chosen && found.dx == expected.dx, "\(kernels.isa)")
            }
        }
    }

    @Test func anUnknownInstructionSetIsRefused() {
        #expect(Kernels(named: "avx1024") == nil)
        #expect(Kernels(named: "scalar")?.isa == "scalar")
    }
}

/// As a structure of pointers takes them.
private func withPointers(
    _ a: [Float], _ b: [Float], _ c: [Float],
    _ body: (UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?) -> Void
) {
    a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
            c.withUnsafeBufferPointer { c in body(a.baseAddress, b.baseAddress, c.baseAddress) }
        }
    }
}
