/// Random numbers that are a pure function of a key and a counter: any value can be made again without its
/// predecessors, so a resumed job and a job on another number of threads see the same ones.
///
/// Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
public struct CounterRandom: RandomNumberGenerator, Sendable {
    private var key: SIMD2<UInt32>
    private var counter: SIMD4<UInt32>
    private var block = SIMD4<UInt32>()
    private var used = 4

    /// A stream named by a seed and up to three coordinates, such as purpose, epoch and sample.
    public init(seed: UInt64, stream: UInt32, _ a: UInt32 = 0, _ b: UInt32 = 0) {
        key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        counter = SIMD4(0, stream, a, b)
    }

    public mutating func next32() -> UInt32 {
        if used == 4 {
            block = Self.philox(counter, key)
            counter[0] &+= 1
            used = 0
        }
        defer { used += 1 }
        return block[used]
    }

    public mutating func next() -> UInt64 {
        let low = UInt64(next32())
        return UInt64(next32()) << 32 | low
    }

    /// Uniform in 0..<1, 24 bits.
    public mutating func uniform() -> Float { Float(next32() >> 8) * 0x1p-24 }

    /// Uniform in 0..<bound by multiply-shift (Lemire 2019); the bias is below bound / 2^32.
    public mutating func index(below bound: Int) -> Int {
        precondition(bound > 0 && bound <= Int(UInt32.max))
        return Int((UInt64(next32()) * UInt64(bound)) >> 32)
    }

    /// A permutation of 0..<count (Fisher-Yates).
    public mutating func permutation(_ count: Int) -> [Int32] {
        var order = (0..<Int32(count)).map { $0 }
        for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, index(below: i + 1)) }
        return order
    }

    static func philox(_ counter: SIMD4<UInt32>, _ key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var c = counter
        var k = key
        for _ in 0..<10 {
            let p0 = UInt64(c[0]) * 0xD251_1F53
            let p1 = UInt64(c[2]) * 0xCD9E_8D57
            c = SIMD4(
                UInt32(truncatingIfNeeded: p1 >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: p1),
                UInt32(truncatingIfNeeded: p0 >> 32) ^ c[3] ^ k[1], UInt32(truncatingIfNeeded: p0))
            k &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        return c
    }
}
