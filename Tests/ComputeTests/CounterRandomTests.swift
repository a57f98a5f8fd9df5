import Compute
import Testing

@Suite struct CounterRandomTests {
    /// Known answer of Philox 4x32-10 for an all-zero key and counter (Random123's kat_vectors).
    @Test func knownAnswer() {
        var random = CounterRandom(seed: 0, stream: 0)
        let block = (0..<4).map { _ in random.next32() }
        #expect(block == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
    }

    @Test func streamsDiffer() {
        var seen: Set<UInt64> = []
        for seed in 0..<4 as Range<UInt64> {
            for stream in 0..<4 as Range<UInt32> {
                for a in 0..<4 as Range<UInt32> {
                    var random = CounterRandom(seed: seed, stream: stream, a)
                    seen.insert(random.next())
                }
            }
        }
        #expect(seen.count == 64)
    }

    @Test func uniformIsInItsRangeAndCentred() {
        var random = CounterRandom(seed: 7, stream: 3)
        let values = (0..<100_000).map { _ in random.uniform() }
        #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
        let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
        #expect(abs(mean - 0.5) < 0.005)
    }

    @Test(arguments: [0, 1, 2, 7, 1000]) func permutationHasEveryIndexOnce(count: Int) {
        var random = CounterRandom(seed: 9, stream: 1)
        let order = random.permutation(count)
        #expect(order.sorted() == (0..<Int32(count)).map { $0 })
        if count == 1000 { #expect(order != order.sorted()) }
    }
}
