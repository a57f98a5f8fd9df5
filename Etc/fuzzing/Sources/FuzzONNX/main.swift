import Compute
import Foundation
import Importers

/// libFuzzer's, where it does not bring a `main` of its own.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ argc: UnsafeMutablePointer<Int32>,
    _ argv: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Reads, plans and, where it is small, runs a model. An error is a good end; a trap, a bad access, or much time or
/// memory is not.
private func attempt(_ bytes: Data) {
    guard let model = try? ImportedModel(bytes, displayName: "fuzz.onnx"), model.activationCount < 1 << 20,
        model.multiplyAccumulates < 1 << 24
    else { return }
    ImportedNetwork(model, maximumBatch: 1, pool: ThreadPool(threads: 1)).forward(count: 1)
}

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(
    runDriver(&count, &arguments) { bytes, size in
        attempt(bytes.map { Data(bytes: $0, count: size) } ?? Data())
        return 0
    })
