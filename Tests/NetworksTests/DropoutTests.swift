import Compute
import Networks
import Testing

@Suite struct DropoutTests {
    /// One value an image goes through dropout and comes out as it is: 400 channels, 16 images.
    private static func masks(seed: UInt64, step: Int, images: Int = 16) throws -> [Float] {
        var builder = try GraphBuilder(input: Graph.Shape(height: 1, width: 1, channels: 400))
        try builder.append(.dropout(rate: 0.3), [builder.input], "dropout")
        let graph = builder.graph()
        let network = TrainingNetwork(
            graph: graph, parameters: ParameterBuffer(count: 0), maximumBatch: images, pool: ThreadPool(threads: 2))
        return network.run([Float](repeating: 1, count: images * 400), seed: seed, step: step)
    }

    @Test func keepsTheRightShareAndTheMean() throws {
        let values = try Self.masks(seed: 1, step: 0)
        #expect(Set(values) == [0, 1 / (1 - 0.3 as Float)])
        // 6,400 draws: four standard deviations are 0.023.
        let dropped = Double(values.filter { $0 == 0 }.count) / Double(values.count)
        #expect(abs(dropped - 0.3) < 0.023)
    }

    @Test func masksFollowFromSeedStepAndImage() throws {
        let values = try Self.masks(seed: 1, step: 5)
        #expect(isSame(values, try Self.masks(seed: 1, step: 5)))
        #expect(!isSame(values, try Self.masks(seed: 2, step: 5)))
        #expect(!isSame(values, try Self.masks(seed: 1, step: 6)))
        #expect(values[0..<400] != values[400..<800])
        // The batch's size says nothing about an image's mask.
        #expect(isSame(Array(values[0..<800]), try Self.masks(seed: 1, step: 5, images: 2)))
        let expected = (0..<16).flatMap {
            dropoutFactors(400, rate: 0.3, seed: 1, step: 5, layer: 1, image: $0)
        }
        #expect(isSame(values, expected))
    }

    @Test func twoLayersDropDifferentValues() throws {
        var builder = try GraphBuilder(input: Graph.Shape(height: 1, width: 1, channels: 1000))
        try builder.append(.dropout(rate: 0.5), [builder.last], "first")
        try builder.append(.dropout(rate: 0.5), [builder.last], "second")
        let network = TrainingNetwork(
            graph: builder.graph(), parameters: ParameterBuffer(count: 0), maximumBatch: 1,
            pool: ThreadPool(threads: 1))
        let kept = network.run([Float](repeating: 1, count: 1000)).filter { $0 != 0 }
        #expect(kept.allSatisfy { $0 == 4 })
        #expect((190...310).contains(kept.count), "a quarter: \(kept.count)")
    }
}
