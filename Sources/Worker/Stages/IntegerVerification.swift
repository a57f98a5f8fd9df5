import Compression
import Compute
import Distillation
import Exporters
import Foundation
import Importers
import Reporting

/// The files of the student in 8-bit integers, one by one, against the integer engine.
struct IntegerVerification {
    let judge: FormJudge
    let staging: Staging
    let network: QuantizedNetwork
    /// Of the integer engine.
    let integers: FormJudge.Finding
    /// Of the integer engine, for one image on one thread.
    let milliseconds: Double
    let memoryBytes: Int

    init(judge: FormJudge, staging: Staging, network: QuantizedNetwork) {
        self.judge = judge
        self.staging = staging
        self.network = network
        integers = judge.judge(IntegerNetwork(network, maximumBatch: 64, pool: judge.pool))
        let one = IntegerNetwork(network, maximumBatch: 1, pool: ThreadPool(threads: 1))
        milliseconds = Timing.milliseconds(one, values: network.input.shape.count)
        memoryBytes = one.memoryBytes
    }

    /// Images that the importer is asked about: it computes QDQ models as they are written, in single precision.
    private static let importedImages = 200

    func onnx(ranges: String) -> FormResult {
        let file = "student.int8.onnx"
        var result = FormResult(
            file: file, precision: .int8, bytes: staging.size(of: file), accuracy: integers.accuracy,
            agreement: integers.agreement, latencyMilliseconds: milliseconds, memoryBytes: memoryBytes,
            check: "")
        do {
            let imported = ImportedNetwork(
                try ImportedModel(contentsOf: staging.url(file).path), maximumBatch: 32, pool: judge.pool)
            let found = judge.judge(imported, limit: Self.importedImages)
            let classes = judge.data.classes
            let count = found.logits.count / classes
            let same = (0..<count).count { i in
                let range = i * classes..<(i + 1) * classes
                return found.logits[range].indexOfLargest == integers.logits[range].indexOfLargest
            }
            let steps = zip(found.logits, integers.logits).map { abs($0 - $1) / network.output.scale }
            let mean = steps.reduce(0, +) / Float(max(steps.count, 1))
            result.check =
                "Ranges by \(ranges), figures by distilld's integer engine; the file, read back by its ONNX "
                + "importer, names the same class for \(same) of \(Figures.count(count, "image"))."
            // Sums on a tie round otherwise, and logits close to each other may change places.
            if Double(same) < 0.9 * Double(count) || mean > 2 {
                result.problem = "read back, its logits are not those of the integer engine"
            }
        } catch {
            result.problem = "it could not be read back: \(error)"
        }
        return result
    }

    /// Images that the compiled program is asked about.
    private static let compiledImages = 1000
    /// Of those, images that its twin in single precision is asked about.
    private static let compiledSingleImages = 100
    /// How far the twin's logits may be from those in single precision, as a share of the largest of these.
    private static let mostDifference: Float = 1e-3

    func c(_ exported: CExporter) -> FormResult {
        let file = "student.h"
        let wanted = judge.finding(logitsOfPixels())
        var result = FormResult(
            file: file, precision: .int8, bytes: staging.size(of: file), accuracy: wanted.accuracy,
            agreement: wanted.agreement, memoryBytes: exported.arenaBytes,
            check: "Not compiled: this machine has no C compiler. The figures are those of the integer engine.")
        let constants =
            "Needs \(Figures.bytes(exported.constantBytes)) of constants besides its code; the rest of the file is their "
            + "text, and a twin in single precision that takes nothing unless it is asked for."
        do {
            guard let program = try CProgram.compile(exported.text, name: exported.name) else {
                result.check += " \(constants)"
                return result
            }
            let count = min(judge.images.count, Self.compiledImages)
            let size = judge.data.height * judge.data.width * judge.data.channels
            var pixels = Data(capacity: count * size)
            for i in 0..<count { pixels.append(judge.images.rows[i], count: size) }
            let (logits, seconds) = try program.predict(pixels, images: count)
            result.latencyMilliseconds = seconds * 1000
            let output = network.output
            let found = logits.map { output.real(UInt8(Int($0) + 128)) }
            let singles = min(count, Self.compiledSingleImages)
            let twin = try program.predictSingle(pixels.prefix(singles * size))
            let difference = Self.difference(twin, judge.logits.prefix(singles * judge.data.classes))
            if !found.elementsEqual(wanted.logits.prefix(count * judge.data.classes)) {
                result.problem = "compiled here, it does not give the integer engine's logits"
            } else if difference > Self.mostDifference {
                result.problem = "compiled here, its twin in single precision gives other logits than the student"
            } else {
                result.check =
                    "Compiled and run: the integer engine's bits for \(Figures.count(count, "image")), and single "
                    + "precision's logits from its twin for \(singles). \(constants)"
            }
        } catch {
            result.problem = "\(error)"
        }
        return result
    }

    /// The largest, as a share of the largest value of `wanted`; infinite where there are not as many.
    private static func difference(_ found: [Float], _ wanted: ArraySlice<Float>) -> Float {
        guard found.count == wanted.count, found.allSatisfy(\.isFinite) else { return .infinity }
        let largest = wanted.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
        return zip(found, wanted).reduce(0) { max($0, abs($1.0 - $1.1)) } / largest
    }

    /// The integer engine's, from pixels as the C file takes them: its table of inputs rounds otherwise than floats that
    /// were normalised before.
    private func logitsOfPixels() -> [Float] {
        let (data, images) = (judge.data, judge.images)
        let size = data.height * data.width * data.channels
        let table = network.pixelTable(scale: Float(1.0 / 255), mean: data.mean, std: data.std)
        let engine = IntegerNetwork(network, maximumBatch: 64, pool: judge.pool)
        var found: [Float] = []
        for first in stride(from: 0, to: images.count, by: 64) {
            let count = min(64, images.count - first)
            var pixels: [UInt8] = []
            for i in first..<first + count { pixels += UnsafeBufferPointer(start: images.rows[i], count: size) }
            engine.forward(pixels: pixels, table: table, count: count)
            found += UnsafeBufferPointer(start: engine.logits, count: count * data.classes)
        }
        return found
    }
}
