import Compression
import Compute
import Exporters
import Foundation
import Networks
import Testing

/// The C file through compilers, against the integer engine to the bit.
@Suite struct CExportTests {
    static let flags = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]

    @Test(.enabled(if: Compiler.gcc != nil, "needs gcc"))
    func everyPresetGivesTheSameBits() throws {
        for name in Presets.names where !["resnet56", "resnet110", "wrn-40-2", "resnet32x4", "vgg13"].contains(name) {
            try check(name, try Sample.preset(name, height: 16, width: 12, factor: 0.25), compiler: Compiler.gcc)
        }
    }

    @Test(arguments: [Compiler.gcc, Compiler.clang].compactMap { $0 })
    func everyOperationGivesTheSameBits(compiler: String) throws {
        for (name, graph) in try OddGraphs.all() { try check(name, Sample(graph), compiler: compiler) }
        let grey = try Sample.preset("convnet3", height: 28, width: 28, channels: 1, classes: 2, factor: 0.25)
        try check("grey", grey, compiler: compiler)
    }

    @Test(.enabled(if: Compiler.gcc != nil, "needs gcc"))
    func aThousandImagesGiveTheSameBits() throws {
        let sample = try Sample.preset("resnet8", height: 32, width: 32)
        try check("resnet8", sample, compiler: Compiler.gcc, options: ["-O3"], images: 1000)
    }

    /// Whatever the compiler may do to floating point by its options.
    @Test(.enabled(if: Compiler.clang != nil, "needs clang"), arguments: [["-O0"], ["-O3", "-ffast-math", "-mfma"]])
    func optionsChangeNothing(options: [String]) throws {
        #if arch(x86_64)
            try check("resnet8", try Sample.preset("resnet8"), compiler: Compiler.clang, options: options)
        #endif
    }

    /// Class and job names that would end a comment, a literal or a line.
    @Test(.enabled(if: Compiler.gcc != nil, "needs gcc"))
    func hostileNamesSurvive() throws {
        var sample = try Sample.preset("resnet8", classes: 5, factor: 0.25)
        sample.metadata.name = "9 */ #error \\\n NAME \u{1} ??/"
        sample.metadata.classes = ["\"; #error", "NAME_UPPER", "Ähre \\", "??/", "a\nb\u{4}1"]
        try check("hostile", sample, compiler: Compiler.gcc)
        let file = try sample.cFile()
        let folder = try TemporaryFolder()
        try Compiler.write(file, main: Compiler.labels(file.name), to: folder)
        let program = try Compiler.compile(Compiler.gcc!, Self.flags, in: folder)
        #expect(
            try Compiler.run(program, input: Data()) == Data(sample.metadata.classes.joined(separator: "\0").utf8 + [0])
        )
    }

    /// What a microcontroller must have for CIFAR-10's images, as sections of the object file.
    @Test(.enabled(if: Compiler.arm != nil, "needs arm-none-eabi-gcc"))
    func fitsAMicrocontroller() throws {
        let sample = try Sample.preset("resnet8", height: 32, width: 32)
        let file = try sample.cFile()
        let folder = try TemporaryFolder()
        try Compiler.write(file, main: "", to: folder)
        let arm = ["-mcpu=cortex-m4", "-mthumb", "-Os", "-ffreestanding", "-c"]
        let object = try Compiler.compile(Compiler.arm!, Self.flags + arm, in: folder)
        let sizes = try Compiler.sections(object)
        #expect(sizes.flash < 100_000 && sizes.memory < 60_000, "\(sizes)")
        #expect(sizes.flash > 70_000 && sizes.memory >= file.arenaBytes, "\(sizes)")
        // The twin in single precision costs those alone who ask for it.
        try Compiler.write(file, main: "", single: true, to: folder)
        let both = try Compiler.sections(try Compiler.compile(Compiler.arm!, Self.flags + arm, in: folder))
        #expect(both.flash - sizes.flash > 4 * 77_000 && both.memory > 4 * sizes.memory, "\(both)")
    }

    /// The bits that a Cortex-M4 of QEMU gives are those of the integer engine.
    @Test(.enabled(if: Microcontroller.isThere, "needs arm-none-eabi-gcc and qemu-system-arm"))
    func runsOnAMicrocontroller() throws {
        let sample = try Sample.preset("resnet8", height: 32, width: 32)
        let network = sample.quantized()
        let file = try sample.cFile(network)
        let pixels = Self.pixels(3, sample)
        let found = try Microcontroller.run(file, pixels: pixels, images: 3)
        let expected = Self.engine(network, pixels, sample).map(\.quantized)
        #expect(found == expected, "\(found) \(expected)")
        #expect(Set(expected).count > 2)
    }

    /// What is said of memory holds for the smallest networks too.
    @Test func sizesAreSaid() throws {
        let sample = try Sample.preset("resnet8", height: 32, width: 32)
        let file = try sample.cFile()
        #expect(file.arenaBytes < 60_000 && file.constantBytes < 95_000)
        #expect(file.text.contains("#define sample_ARENA_BYTES \(file.arenaBytes)"))
        let small = Sample(try OddGraphs.pooled())
        let least = try small.cFile()
        #expect(least.arenaBytes >= 5 * 5 * 3 + 5 * 5 * 6)
    }

    private func check(
        _ name: String, _ sample: Sample, compiler: String?, options: [String] = ["-O1"], images: Int = 40
    ) throws {
        let compiler = try #require(compiler)
        let network = sample.quantized()
        let file = try sample.cFile(network)
        let folder = try TemporaryFolder()
        try Compiler.write(file, main: Compiler.predictions(file.name), to: folder)
        let program = try Compiler.compile(compiler, Self.flags + options, in: folder)
        let pixels = Self.pixels(images, sample)
        let answers = Self.engine(network, pixels, sample)
        var expected = Data()
        for image in 0..<images {
            let own = answers[image * network.classes..<(image + 1) * network.classes]
            expected += Data(own.map { UInt8(bitPattern: $0.quantized) })
            for answer in own { withUnsafeBytes(of: answer.real) { expected += Data($0) } }
        }
        let found = try Compiler.run(program, input: Data(pixels))
        #expect(found == expected, "\(name), \(compiler)")
        #expect(Set(answers.map(\.quantized)).count > 2, "\(name) says something")
    }

    /// In single precision: as the network itself answers, but for the order of additions.
    @Test(arguments: [Compiler.gcc, Compiler.clang].compactMap { $0 })
    func singlePrecisionGivesTheNetworksLogits(compiler: String) throws {
        var samples = try ["resnet8", "mobilenet-tiny", "vgg8", "wrn-16-2"].map {
            try Sample.preset($0, height: 16, width: 12, factor: 0.25)
        }
        samples += try OddGraphs.all().map { Sample($0.graph) }
        for sample in samples {
            let file = try sample.cFile()
            let folder = try TemporaryFolder()
            try Compiler.write(file, main: Compiler.singlePredictions(file.name), single: true, to: folder)
            let program = try Compiler.compile(compiler, Self.flags + ["-O2"], in: folder)
            let pixels = Self.pixels(12, sample)
            let found = try Compiler.run(program, input: Data(pixels)).withUnsafeBytes {
                Array($0.bindMemory(to: Float.self))
            }
            let p = sample.metadata.preprocessing
            let images = pixels.enumerated().map { i, value in
                let channel = i % sample.graph.input.channels
                return (Float(value) * Float(p.scale) - p.mean[channel]) / p.std[channel]
            }
            let expected = sample.logits(images)
            let largest = zip(found, expected).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
            #expect(found.count == expected.count && largest < 1e-4, "\(largest)")
            #expect(Set(expected).count > 12)
        }
    }

    private static func pixels(_ count: Int, _ sample: Sample) -> [UInt8] {
        var random = CounterRandom(seed: 4, stream: 5)
        return (0..<count * sample.graph.input.count).map { _ in UInt8(random.index(below: 256)) }
    }

    /// The logits of images as the C file gives them, by the integer engine.
    private static func engine(
        _ network: QuantizedNetwork, _ pixels: [UInt8], _ sample: Sample
    ) -> [(quantized: Int8, real: Float)] {
        let count = pixels.count / sample.graph.input.count
        let p = sample.metadata.preprocessing
        let engine = IntegerNetwork(network, maximumBatch: count, pool: ThreadPool(threads: 2))
        engine.forward(
            pixels: pixels, table: network.pixelTable(scale: Float(p.scale), mean: p.mean, std: p.std), count: count)
        return (0..<count * network.classes).map {
            (Int8(Int(engine.quantizedLogits[$0]) - 128), engine.logits[$0])
        }
    }
}
