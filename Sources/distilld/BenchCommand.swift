import ArgumentParser
import Benchmarks
import Foundation

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how fast this machine computes.",
        discussion: """
            peak    multiply-adds that the processor can do at most
            gemm    matrix products of the shapes that convolutions give
            conv    the convolutions of a model one by one: forward and both gradients
            train   steps of distillation, without augmentation and the teacher
            infer   classification with batch norms folded in
            input   random crops and flips of images: batches, and their share of a training step
            decode  JPEG and PNG files to pixels

            Images are 32 x 32 x 3. Other programs on the machine slow the measurements down; compare only figures \
            of one run. Etc/bench-peers measures PyTorch, ONNX Runtime and OpenVINO in turns with this command.

              distilld bench train --model resnet20
              distilld bench infer --model resnet8 --batch 1 --threads 1 --json
              distilld bench decode --images photos --side 96
            """)

    @Argument(help: "peak, gemm, conv, train, infer, input or decode.")
    var benchmark: Benchmark

    @Option(help: "The model (default: five ResNets).")
    var model: String?

    @Option(help: "Images of a batch.")
    var batch = 128

    @Option(help: "fp32; bf16 for peak, conv, train and infer; int8 for peak, gemm and infer.")
    var precision = BenchmarkSettings.Precision.fp32

    @Option(help: "Threads (default: all cores).")
    var threads: Int?

    @Option(help: "Seconds for each measurement.")
    var seconds = 2.0

    @Option(help: "decode: a folder of JPEG and PNG files (default: some are made).")
    var images: String?

    @Option(help: "decode: side of the squares that they are brought to (default: they keep their size).")
    var side: Int?

    @Flag(help: "Print a JSON object a line instead of a table.")
    var json = false

    func run() throws {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let settings = BenchmarkSettings(
            model: model, batch: batch, precision: precision, threads: threads ?? cores, seconds: seconds,
            images: images, side: side)
        if !json { print(BenchmarkTable.heading) }
        try benchmark.run(settings) { row in
            print(json ? BenchmarkTable.json(row) : BenchmarkTable.line(row))
            fflush(nil)
        }
    }
}

extension Benchmark: ExpressibleByArgument {}
extension BenchmarkSettings.Precision: ExpressibleByArgument {}
