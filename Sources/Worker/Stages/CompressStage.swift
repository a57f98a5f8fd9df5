import Compression
import Compute
import Datasets
import Distillation
import Exporters
import Foundation
import Importers
import Manifests
import Networks
import Reporting

/// The student in 8-bit integers.
struct CompressedStudent {
    let network: QuantizedNetwork
    let method: CalibrationMethod
}

extension JobPipeline {
    /// Images that ranges are taken from, and images that the methods are compared on.
    private static let calibrationImages = 512
    private static let comparisonImages = 2000

    /// Post-training quantization, its ranges from training images, the best of several ways by the evaluation split.
    func compress(_ student: Graph, parameters: ParameterBuffer, data: TrainingData) throws -> CompressedStudent {
        let quantizer = Quantizer(
            graph: student, parameters: parameters,
            calibrating: FormJudge.samples(data.train, data: data, pool: pool, most: Self.calibrationImages), pool: pool
        )
        if shouldStop() { throw Suspended() }
        let judges = data.evaluation.count > 0 ? data.evaluation : data.train
        let samples = FormJudge.samples(judges, data: data, pool: pool, most: Self.comparisonImages)
        let single = InferenceNetwork(graph: student, parameters: parameters, maximumBatch: 64, pool: pool)
        let logits = FormJudge.logits(single, samples, classes: data.classes)
        if shouldStop() { throw Suspended() }
        let best = quantizer.best(on: samples, logits: logits, pool: pool)
        return CompressedStudent(network: best.network, method: best.method)
    }

    /// Reads every file of the student back, asks it about the test images, and takes those away that fail.
    func verify(
        _ student: Graph, parameters: ParameterBuffer, compressed: CompressedStudent, cFile: CExporter,
        images: ImageSet, data: TrainingData, staging: Staging
    ) throws -> [FormResult] {
        let single = InferenceNetwork(graph: student, parameters: parameters, maximumBatch: 64, pool: pool)
        let judge = FormJudge(single, images: images, data: data, pool: pool)
        let engine = IntegerNetwork(compressed.network, maximumBatch: 64, pool: pool)
        let integers = judge.judge(engine)
        let one = InferenceNetwork(
            graph: student, parameters: parameters, maximumBatch: 1, pool: ThreadPool(threads: 1))
        let oneInteger = IntegerNetwork(compressed.network, maximumBatch: 1, pool: ThreadPool(threads: 1))
        let forms = FormVerification(
            judge: judge, staging: staging, network: compressed.network, integers: integers,
            singleMilliseconds: Timing.milliseconds(one, values: student.input.count),
            integerMilliseconds: Timing.milliseconds(oneInteger, values: student.input.count),
            singleBytes: one.memoryBytes, integerBytes: oneInteger.memoryBytes)
        var results = [
            forms.safetensors(), forms.onnx(), forms.integerONNX(method: compressed.method), forms.c(cFile),
        ]
        for i in results.indices {
            if shouldStop() { throw Suspended() }
            guard let problem = results[i].problem else { continue }
            try FileManager.default.removeItem(at: staging.url(results[i].file))
            warn("\(results[i].file) is not published: \(problem)")
            results[i].bytes = 0
        }
        let lost = judge.finding(judge.logits).accuracy - integers.accuracy
        if lost > 0.005 {
            warn(
                "in 8-bit integers the student loses \(Figures.points(lost)) of accuracy; a wider student, or one "
                    + "with more training images, loses less")
        }
        return results
    }
}

/// The files in the staging folder, one by one.
struct FormVerification {
    let judge: FormJudge
    let staging: Staging
    let network: QuantizedNetwork
    let integers: FormJudge.Finding
    let singleMilliseconds, integerMilliseconds: Double
    let singleBytes, integerBytes: Int

    /// Below this share of equal answers a file in single precision is not what was trained.
    private static let leastAgreement = 0.995

    func safetensors() -> FormResult {
        single("student.safetensors", check: "Read back by distilld.") { path in
            let model = try SavedModel.read(from: path)
            return InferenceNetwork(
                graph: model.graph, parameters: model.parameters, maximumBatch: 64, pool: judge.pool)
        }
    }

    func onnx() -> FormResult {
        single("student.onnx", check: "Read back by distilld's ONNX importer.") { path in
            ImportedNetwork(try ImportedModel(contentsOf: path), maximumBatch: 64, pool: judge.pool)
        }
    }

    private func single(_ file: String, check: String, _ open: (String) throws -> StudentNetwork) -> FormResult {
        var result = FormResult(
            file: file, precision: .fp32, bytes: staging.size(of: file), latencyMilliseconds: singleMilliseconds,
            memoryBytes: singleBytes, check: check)
        do {
            let found = judge.judge(try open(staging.url(file).path))
            (result.accuracy, result.agreement) = (found.accuracy, found.agreement)
            if found.agreement < Self.leastAgreement {
                result.problem =
                    "read back, it answers otherwise on \(Figures.percent(1 - found.agreement)) of the images"
            }
        } catch {
            result.problem = "it could not be read back: \(error)"
        }
        return result
    }

    /// Images that the importer is asked about: it computes QDQ models as they are written, in single precision.
    private static let importedImages = 200

    func integerONNX(method: CalibrationMethod) -> FormResult {
        let file = "student.int8.onnx"
        var result = FormResult(
            file: file, precision: .int8, bytes: staging.size(of: file), accuracy: integers.accuracy,
            agreement: integers.agreement, latencyMilliseconds: integerMilliseconds, memoryBytes: integerBytes,
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
                "Ranges by \(method.rawValue), figures by distilld's integer engine; the file, read back by its ONNX "
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

    func c(_ exported: CExporter) -> FormResult {
        let file = "student.h"
        let wanted = judge.finding(logitsOfPixels())
        var result = FormResult(
            file: file, precision: .int8, bytes: staging.size(of: file), accuracy: wanted.accuracy,
            agreement: wanted.agreement, memoryBytes: exported.arenaBytes,
            check: "Not compiled: this machine has no C compiler. The figures are those of the integer engine.")
        let constants = "Needs \(Figures.bytes(exported.constantBytes)) of constants."
        do {
            guard let program = try CProgram.compile(exported) else {
                result.check += " \(constants)"
                return result
            }
            defer { program.remove() }
            let count = min(judge.images.count, Self.compiledImages)
            let size = judge.data.height * judge.data.width * judge.data.channels
            var pixels = Data(capacity: count * size)
            for i in 0..<count { pixels.append(judge.images.rows[i], count: size) }
            let (logits, seconds) = try program.predict(pixels, images: count)
            result.latencyMilliseconds = seconds * 1000
            let output = network.output
            let found = logits.map { output.real(UInt8(Int($0) + 128)) }
            if found.elementsEqual(wanted.logits.prefix(count * judge.data.classes)) {
                result.check =
                    "Compiled and run: the integer engine's bits for \(Figures.count(count, "image")). \(constants)"
            } else {
                result.problem = "compiled here, it does not give the integer engine's logits"
            }
        } catch {
            result.problem = "\(error)"
        }
        return result
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
