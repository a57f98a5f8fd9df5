import Manifests
import Testing

@Suite struct TeacherFileTests {
    private func spec(_ teacher: String) throws(ManifestProblems) -> JobSpec {
        try ManifestParser.parse(Array("dataset: x\n\(teacher)\n".utf8), file: "a.job.yaml").spec
    }

    private func problems(_ text: String) -> [String] {
        do throws(ManifestProblems) {
            _ = try spec(text)
            return []
        } catch {
            return error.problems.map { "\($0.line):\($0.column) \($0.key)" }
        }
    }

    @Test func readAndWrittenBack() throws {
        let read = try spec("teacher: { file: models/t.onnx, preprocess: imagenet }")
        #expect(read.teacherFile == TeacherFile(path: "models/t.onnx", preprocess: "imagenet"))
        let yaml = JobSpecWriter.yaml(read)
        #expect(!yaml.contains("epochs: 30                      # passes over the training images\nteachers"))
        #expect(try ManifestParser.parse(Array(yaml.utf8), file: "b.job.yaml", defaultName: "a").spec == read)
        // In the other order, and by default.
        #expect(try spec("teacher: { preprocess: caffe-bgr, file: t.onnx }").teacherFile?.preprocess == "caffe-bgr")
        #expect(try spec("teacher: { file: t.onnx }").teacherFile == TeacherFile(path: "t.onnx"))
        #expect(try spec("teacher: { file: none, preprocess: auto }").teacherFile == nil)
        #expect(try spec("teacher: resnet20").teacherFile == nil)
    }

    @Test func whatCannotBeTogetherIsRefused() {
        #expect(problems("teacher: { file: t.onnx, model: resnet20 }") == ["2:33 teacher.model"])
        #expect(problems("teacher: { epochs: 3, file: t.onnx }") == ["2:29 teacher.file"])
        #expect(problems("teacher: { preprocess: imagenet }") == ["2:24 teacher.preprocess"])
        #expect(problems("teacher: { file: ../t.onnx }") == ["2:18 teacher.file"])
        #expect(problems("teacher: { file: t.onnx, preprocess: imagenets }") == ["2:38 teacher.preprocess"])
        #expect(problems("teacher: { file: t.onnx }\nteachers: [resnet20]").count == 1)
    }
}
