import Datasets
import Foundation
import Manifests
import Reporting

extension JobPipeline {
    /// Writes the report in every form. What it says about files is what lies in the folder at that moment.
    func writeReport(
        _ spec: JobSpec, dataset: Dataset, judged: Judged, choice: ChoiceReport, forms: [FormResult],
        quantization: QuantizationResult?,
        epochs: [EpochRecord], started: Date, seconds: Double, earlier: RunState, to staging: Staging
    ) throws -> JobReport {
        let manifest = JobSpecWriter.yaml(spec)
        let peak = ProcessMemory.peak
        var models = judged.results
        models.student.fileBytes = staging.size(of: "student.onnx")
        try staging.write(manifest, as: "job.yaml")
        try staging.write(MetricsCSV.text(epochs), as: "metrics.csv")
        try staging.write(Data(EventFile.bytes(epochs, started: started)), as: EventFile.name)
        var report = JobReport(
            jobID: order.jobID, name: spec.name, started: started, finished: Date(), seconds: seconds,
            version: Version.current, machine: Machine.current(threads: pool.threads),
            data: DataSummary(dataset, spec: spec, answeredBy: answeredBy), models: models, epochs: epochs,
            mistakes: judged.mistakes,
            insights: judged.insights, job: spec, manifest: manifest, warnings: warnings)
        report.data.samples = samples
        report.forms = forms
        report.peakMemoryBytes = peak.map { max($0, earlier.peakMemoryBytes ?? 0) }
        report.energyJoules = meter.joules(before: earlier.joules)
        report.quantization = quantization
        report.teachers = standings
        report.tuning = choice.tuning
        report.students = choice.students
        report.previous = PreviousReports(folders: order.earlierJobs ?? []).last(before: report)
        report.audition = audition
        report.files = try staging.names().map {
            OutputFile(name: $0, bytes: staging.size(of: $0), purpose: Self.purpose(of: $0))
        }
        try staging.write(ModelCard.render(report), as: "MODEL_CARD.md")
        try staging.write(try report.encoded(), as: "report.json")
        try staging.write(HTMLReport.render(report), as: "report.html")
        return report
    }

    private static func purpose(of file: String) -> String {
        let parts = file.split(separator: "/")
        guard parts.count == 3 else { return purposes[file] ?? "" }
        return "of the student \(parts[1]): " + (purposes[String(parts[2])] ?? "")
    }

    private static let purposes = [
        "student.onnx": "the student for ONNX Runtime, OpenVINO and others",
        "student.safetensors": "the student's weights under PyTorch's names",
        "student.int8.onnx": "the student in 8-bit integers, a quarter of the size",
        "student.h": "the same as one C99 file for microcontrollers",
        "labels.txt": "a class a line, in the order of the outputs",
        "preprocess.json": "what to do to an image before the student sees it",
        "job.yaml": "this job with all defaults: drop it in again to repeat the run",
        "metrics.csv": "a row an epoch",
        EventFile.name: "the same for TensorBoard",
    ]
}
