import Compute
import Datasets
import Distillation
import Exporters
import Foundation
import Importers
import Manifests
import Networks
import Reporting

extension JobPipeline {
    /// Reads every file of the student back, asks it about the test images, and takes those away that fail.
    func verify(
        _ student: Graph, parameters: ParameterBuffer, integers: (student: CompressedStudent, cFile: CExporter)?,
        images: ImageSet, data: TrainingData, staging: Staging
    ) throws -> [FormResult] {
        let single = InferenceNetwork(graph: student, parameters: parameters, maximumBatch: 64, pool: pool)
        let judge = FormJudge(single, images: images, data: data, pool: pool)
        let one = InferenceNetwork(
            graph: student, parameters: parameters, maximumBatch: 1, pool: ThreadPool(threads: 1))
        let forms = FormVerification(
            judge: judge, staging: staging,
            milliseconds: Timing.milliseconds(one, values: student.input.count), memoryBytes: one.memoryBytes)
        var results = [forms.safetensors(), forms.onnx()]
        if let integers {
            let forms = IntegerVerification(judge: judge, staging: staging, network: integers.student.network)
            results += [forms.onnx(ranges: integers.student.result.calibration), forms.c(integers.cFile)]
        }
        for i in results.indices {
            if shouldStop() { throw Suspended() }
            guard let problem = results[i].problem else { continue }
            try FileManager.default.removeItem(at: staging.url(results[i].file))
            warn("\(results[i].file) is not published: \(problem)")
            results[i].bytes = 0
        }
        return results
    }
}

/// The files in the staging folder, one by one.
struct FormVerification {
    let judge: FormJudge
    let staging: Staging
    /// Of one image on one thread.
    let milliseconds: Double
    let memoryBytes: Int

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
            file: file, precision: .fp32, bytes: staging.size(of: file), latencyMilliseconds: milliseconds,
            memoryBytes: memoryBytes, check: check)
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
}
