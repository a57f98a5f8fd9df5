import Compression
import Compute
import Datasets
import Networks
import Testing

@testable import Worker

/// What a network is said to have looked at.
@Suite struct GazeTests {
    /// Three channels as they are, pooled, and a class for each channel, the last one against it.
    private func network() throws -> (Graph, ParameterBuffer) {
        var builder = try GraphBuilder(input: Graph.Shape(height: 2, width: 3, channels: 3))
        let convolution = try builder.convolution(builder.input, "conv", outputs: 3, kernel: 1, stride: 1, groups: 1)
        let pool = try builder.append(.globalAveragePool, [convolution], "pool")
        _ = try builder.append(.linear(outputs: 3), [pool], "classifier")
        let graph = builder.graph()
        let parameters = ParameterBuffer(count: graph.storageCount)
        for parameter in graph.parameters where parameter.role == .weight {
            for i in 0..<3 { parameters[parameter][i * 3 + i] = i == 2 && parameter.name.hasPrefix("cl") ? -1 : 1 }
        }
        return (graph, parameters)
    }

    @Test func theWeightedChannelsAreShown() throws {
        let (graph, parameters) = try network()
        // H,W,C: channel 0 rises, channel 1 is negative but for one pixel, channel 2 is positive.
        let image: [Float] = (0..<6).flatMap { [Float($0), $0 == 4 ? 2 : -1, 1] }
        let samples = SampleImages(count: 3, labels: []) { range, target in
            for i in range { for (j, value) in image.enumerated() { target[(i - range.lowerBound) * 18 + j] = value } }
        }
        let gaze = try #require(
            Gaze(
                graph: graph, parameters: parameters, images: samples, answers: [0, 1, 2], pool: ThreadPool(threads: 2))
        )
        #expect(gaze.maps.map(\.values) == [[0, 0.2, 0.4, 0.6, 0.8, 1], [0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 0]])
        #expect(gaze.maps.allSatisfy { $0.height == 2 && $0.width == 3 })
    }

    @Test func thePictureIsWarmWhereItLooks() {
        let map = Gaze.Map(height: 1, width: 2, values: [0, 1])
        let gray = Bitmap(width: 4, height: 2, channels: 1, pixels: [UInt8](repeating: 100, count: 8))
        let picture = map.over(gray)
        #expect(picture.channels == 3 && picture.pixels.count == 24)
        #expect(Array(picture.pixels[0..<3]) == [75, 75, 75], "not looked at: the image in gray")
        #expect(picture.pixels[9] > 180 && picture.pixels[11] < 60, "looked at: orange")
        // Halfway between the two centres it is half as warm.
        #expect(picture.pixels[3] < picture.pixels[6] && picture.pixels[6] < picture.pixels[9])
    }

    @Test func otherEndsAreNotExplained() throws {
        var builder = try GraphBuilder(input: Graph.Shape(height: 2, width: 3, channels: 3))
        _ = try builder.append(.linear(outputs: 3), [builder.input], "classifier")
        let graph = builder.graph()
        let samples = SampleImages(count: 1, labels: []) { _, _ in }
        let none = Gaze(
            graph: graph, parameters: ParameterBuffer(count: graph.storageCount), images: samples, answers: [0],
            pool: ThreadPool(threads: 1))
        #expect(none == nil)
    }
}
