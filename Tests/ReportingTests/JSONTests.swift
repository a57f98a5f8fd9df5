import Foundation
import Reporting
import Testing

struct JSONTests {
    @Test(arguments: SampleReport.all.filter { $0.name != "thousand-classes" && $0.name != "nan" })
    func roundTrip(name: String, report: JobReport) throws {
        let data = try report.encoded()
        #expect(try JobReport(encoded: data) == report)
        // The same report, the same bytes.
        #expect(try report.encoded() == data)
    }

    @Test func figuresThatAreNoNumbers() throws {
        let read = try JobReport(encoded: SampleReport.broken.encoded())
        #expect(read.models.baseline?.testLoss.isNaN == true)
        #expect(read.models.student.imagesPerSecond == .infinity)
        #expect(
            read.epochs.filter(\.trainLoss.isNaN).count == SampleReport.broken.epochs.filter(\.trainLoss.isNaN).count)
    }

    /// Programs read these: within a schema version keys may be added, never renamed or removed.
    @Test func keysAreStable() throws {
        let object = try JSONSerialization.jsonObject(with: SampleReport().make().encoded())
        var found: Set<String> = []
        Self.collect(object, path: "", into: &found)
        let expected = Set(Self.keys.split(whereSeparator: \.isWhitespace).map(String.init))
        #expect(found.filter { !$0.hasPrefix("job.") } == expected)
        #expect(JobReport.currentSchemaVersion == 1)
    }

    @Test func laterSchemasAreRefused() throws {
        var report = SampleReport().make()
        report.schemaVersion = 2
        let data = try report.encoded()
        let error = #expect(throws: JobReport.UnsupportedSchema.self) { try JobReport(encoded: data) }
        #expect(error?.description.contains("schemaVersion 2") == true)
    }

    @Test func unknownKeysAreIgnored() throws {
        var object = try #require(
            JSONSerialization.jsonObject(with: SampleReport().make().encoded()) as? [String: Any])
        object["later"] = ["x": 1]
        let read = try JobReport(encoded: JSONSerialization.data(withJSONObject: object))
        #expect(read.name == "cifar-tiny")
    }

    private static func collect(_ value: Any, path: String, into found: inout Set<String>) {
        if let object = value as? [String: Any] {
            for (key, value) in object { collect(value, path: path.isEmpty ? key : "\(path).\(key)", into: &found) }
        } else if let list = value as? [Any], !list.isEmpty {
            for value in list { collect(value, path: path + "[]", into: &found) }
        } else {
            found.insert(path)
        }
    }

    private static let keys = """
        insights.calibration[].calibration.expectedError insights.calibration[].calibration.groups[].accuracy
        insights.calibration[].calibration.groups[].confidence insights.calibration[].calibration.groups[].count
        insights.calibration[].calibration.groups[].lower insights.calibration[].calibration.groups[].upper
        insights.calibration[].calibration.overconfidence insights.calibration[].role insights.labelsChecked
        insights.robustnessCount insights.robustness[].change insights.robustness[].meaning
        insights.robustness[].student insights.robustness[].teacher insights.suspectCount
        insights.suspectLabels[].image insights.suspectLabels[].label insights.suspectLabels[].path
        insights.suspectLabels[].predicted insights.suspectLabels[].probability
        insights.suspectLabels[].teacherPredicted
        data.classes[] data.contentHash data.dataset data.findings[].examples[] data.findings[].kind
        data.findings[].message data.input.background data.input.channels data.input.fit data.input.height
        data.input.mean[] data.input.std[] data.input.width data.leftOutCount data.leftOut[].path
        data.leftOut[].reason data.notes[] data.splits[].name data.splits[].perClass[] epochs[].epoch
        epochs[].epochs epochs[].evaluationAccuracy epochs[].evaluationLoss epochs[].imagesPerSecond
        epochs[].learningRate epochs[].seconds epochs[].stage epochs[].trainAccuracy epochs[].trainLoss
        files[].bytes files[].name files[].purpose finished jobID machine.isa machine.processor machine.threads
        manifest mistakes[].image mistakes[].label mistakes[].path mistakes[].predicted mistakes[].probability
        mistakes[].teacherPredicted models.baseline.bestEpoch models.baseline.confusion[][]
        models.baseline.epochsRun models.baseline.evaluationAccuracy models.baseline.fileBytes
        models.baseline.imagesPerSecond models.baseline.latencyMilliseconds models.baseline.model
        models.baseline.multiplyAccumulates models.baseline.parameters models.baseline.perClass[].count
        models.baseline.perClass[].precision models.baseline.perClass[].recall models.baseline.role
        models.baseline.testAccuracy models.baseline.testCount models.baseline.testInterval95.lower
        models.baseline.testInterval95.upper models.baseline.testLoss models.baseline.trainSeconds
        models.baseline.width models.student.bestEpoch models.student.confusion[][] models.student.epochsRun
        models.student.evaluationAccuracy models.student.fileBytes models.student.imagesPerSecond
        models.student.latencyMilliseconds models.student.model models.student.multiplyAccumulates
        models.student.parameters models.student.perClass[].count models.student.perClass[].precision
        models.student.perClass[].recall models.student.role models.student.testAccuracy models.student.testCount
        models.student.testInterval95.lower models.student.testInterval95.upper models.student.testLoss
        models.student.trainSeconds models.student.width models.studentAgainstBaseline.count
        models.studentAgainstBaseline.difference models.studentAgainstBaseline.interval95.lower
        models.studentAgainstBaseline.interval95.upper models.studentAgainstBaseline.onlyFirst
        models.studentAgainstBaseline.onlySecond models.studentAgainstTeacher.count
        models.studentAgainstTeacher.difference models.studentAgainstTeacher.interval95.lower
        models.studentAgainstTeacher.interval95.upper models.studentAgainstTeacher.onlyFirst
        models.studentAgainstTeacher.onlySecond models.teacher.bestEpoch models.teacher.confusion[][]
        models.teacher.epochsRun models.teacher.evaluationAccuracy models.teacher.fileBytes
        models.teacher.imagesPerSecond models.teacher.latencyMilliseconds models.teacher.model
        models.teacher.multiplyAccumulates models.teacher.parameters models.teacher.perClass[].count
        models.teacher.perClass[].precision models.teacher.perClass[].recall models.teacher.role
        models.teacher.testAccuracy models.teacher.testCount models.teacher.testInterval95.lower
        models.teacher.testInterval95.upper models.teacher.testLoss models.teacher.trainSeconds models.teacher.width
        name schemaVersion seconds started verdict.gain verdict.outcome verdict.parameterRatio verdict.retained
        verdict.sentence version warnings[]
        """
}
