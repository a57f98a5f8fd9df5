import Networks
import Testing

/// Presets against the same networks written in PyTorch, and their adaption to images and classes.
@Suite struct PresetTests {
    /// What a PyTorch module of the same network counts.
    struct Count: Decodable, Sendable {
        var name: String
        var channels, height, width, classes: Int
        var factor: Double
        var parameters, multiplyAccumulates: Int
    }

    @Test func sizesArePyTorchs() throws {
        let counts = try Goldens.load("presets", as: [Count].self)
        #expect(Set(counts.map(\.name)) == Set(Presets.names))
        for count in counts {
            let graph = try Presets.make(
                count.name, width: count.factor,
                input: Graph.Shape(height: count.height, width: count.width, channels: count.channels),
                classes: count.classes)
            let title = "\(count.name) x\(count.factor), \(count.channels) channels, \(count.classes) classes"
            #expect(graph.parameterCount == count.parameters, "\(title)")
            #expect(graph.multiplyAccumulates == count.multiplyAccumulates, "\(title)")
        }
    }

    /// Published counts. The CIFAR ResNets are He et al.'s with projection shortcuts, which have 2,752 parameters more
    /// than those that pad with zeros (269,722 for depth 20, 464,154 for 32, 853,018 for 56, 1,727,962 for 110); the
    /// `x4` and wide networks those of Tian et al. 2020, whose counts are for 100 classes.
    @Test(arguments: [
        ("resnet8", 10, 78_042), ("resnet20", 10, 269_722 + 2752), ("resnet32", 10, 464_154 + 2752),
        ("resnet56", 10, 853_018 + 2752), ("resnet110", 10, 1_727_962 + 2752), ("resnet8x4", 10, 1_210_410),
        ("resnet8x4", 100, 1_233_540), ("resnet32x4", 10, 7_410_730), ("resnet32x4", 100, 7_433_860),
        ("wrn-16-2", 100, 703_284), ("wrn-40-2", 100, 2_255_156),
        // Less a bias for each convolution, which a norm behind it cancels.
        ("vgg8", 100, 3_965_028 - 1472), ("vgg13", 100, 9_462_180 - 2944),
    ]) func sizesArePublishedOnes(name: String, classes: Int, parameters: Int) throws {
        let graph = try Presets.make(name, input: Graph.Shape(height: 32, width: 32, channels: 3), classes: classes)
        #expect(graph.parameterCount == parameters)
    }

    static let inputs = [(8, 8, 1), (28, 28, 1), (32, 32, 3), (64, 96, 3), (96, 64, 1), (9, 300, 3), (224, 224, 3)]

    @Test(arguments: Presets.names) func everyInputAndClassCountIsValid(name: String) throws {
        for (height, width, channels) in Self.inputs {
            for classes in [2, 1000] {
                for factor in [0.125, 1, 1.5] {
                    let input = Graph.Shape(height: height, width: width, channels: channels)
                    let graph = try Presets.make(name, width: factor, input: input, classes: classes)
                    try graph.validate()
                    #expect(graph.input == input && graph.classes == classes)
                    let widest = graph.nodes.dropFirst().dropLast().map(\.shape.channels)
                    #expect(widest.allSatisfy { $0 >= 8 && $0 % 8 == 0 }, "\(name) at \(factor)")
                }
            }
        }
    }

    @Test func widthScalesChannels() throws {
        let input = Graph.Shape(height: 32, width: 32, channels: 3)
        func channels(_ width: Double) throws -> [Int] {
            let graph = try Presets.make("resnet8", width: width, input: input, classes: 10)
            return graph.nodes.filter { $0.operation == .add }.map(\.shape.channels)
        }
        #expect(try channels(1) == [16, 32, 64])
        #expect(try channels(2) == [32, 64, 128])
        #expect(try channels(0.5) == [8, 16, 32])
        #expect(try channels(0.125) == [8, 8, 8])
        // 1.3 * 16 = 20.8, 41.6, 83.2, to the nearest multiples of 8.
        #expect(try channels(1.3) == [24, 40, 80])
    }

    /// Up to 48 x 48 pixels by area nothing is halved; then a stride, then poolings.
    @Test(arguments: [
        (32, 32, 1, 0), (48, 48, 1, 0), (36, 64, 1, 0), (49, 48, 2, 0), (96, 64, 2, 0), (97, 96, 2, 1),
        (224, 224, 2, 2),
        // The shorter side is not halved below 8.
        (15, 400, 1, 0), (16, 400, 2, 0), (33, 2000, 2, 1),
    ]) func stemAdapts(height: Int, width: Int, stride: Int, pools: Int) throws {
        for name in Presets.names {
            let graph = try Presets.make(
                name, input: Graph.Shape(height: height, width: width, channels: 3), classes: 10)
            guard case .convolution(let stem) = graph.nodes[1].operation else {
                Issue.record("\(name) does not begin with a convolution")
                continue
            }
            #expect(stem.stride == stride, "\(name)")
            #expect(graph.nodes.filter { $0.name.hasPrefix("stem.pool") }.count == pools, "\(name)")
        }
    }

    @Test func mistakesAreNamed() {
        let input = Graph.Shape(height: 32, width: 32, channels: 3)
        func message(
            _ name: String = "resnet8", width: Double = 1, input: Graph.Shape = input, classes: Int = 10
        ) -> String {
            do {
                _ = try Presets.make(name, width: width, input: input, classes: classes)
                return "none"
            } catch {
                return "\(error)"
            }
        }
        #expect(message() == "none")
        #expect(
            message("resnet9").hasPrefix("no preset is named 'resnet9'; there are: convnet3, ")
                && Presets.names.allSatisfy { message("resnet9").contains($0) })
        #expect(message(width: 0.1) == "width is 0.1, but must be 0.125 to 8.0")
        #expect(message(width: .nan) == "width is nan, but must be 0.125 to 8.0")
        #expect(message(classes: 1) == "there are 1 classes, but a classifier needs 2 to 1048576")
        #expect(
            message(input: Graph.Shape(height: 7, width: 32, channels: 3))
                == "input is 32 wide, 7 high with 3 channels, but must be at least 8 by 8 with 1 or 3 channels")
        #expect(message(input: Graph.Shape(height: 32, width: 32, channels: 4)).contains("with 4 channels"))
        #expect(message(input: Graph.Shape(height: 1 << 17, width: 8, channels: 3)).contains("sides of 1 to 65536"))
    }
}
