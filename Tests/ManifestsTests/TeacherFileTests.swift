import Foundation
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
        #expect(read.teacherFile == TeacherFile(path: "models/t.onnx", preprocess: .named("imagenet")))
        let yaml = JobSpecWriter.yaml(read)
        #expect(!yaml.contains("epochs: 30                      # passes over the training images\nteachers"))
        #expect(try ManifestParser.parse(Array(yaml.utf8), file: "b.job.yaml", defaultName: "a").spec == read)
        // In the other order, and by default.
        #expect(
            try spec("teacher: { preprocess: caffe-bgr, file: t.onnx }").teacherFile?.preprocess == .named("caffe-bgr"))
        #expect(try spec("teacher: { file: t.onnx }").teacherFile == TeacherFile(path: "t.onnx"))
        #expect(try spec("teacher: { file: none, preprocess: auto }").teacherFile == nil)
        #expect(try spec("teacher: resnet20").teacherFile == nil)
    }

    /// What has several values, by itself and in a list of teachers.
    @Test func mappingsAndListsAreReadAndWrittenBack() throws {
        let input = "{ mean: [0.5, 0.4, 0.3], std: [0.2], channels: bgr, range: 255, size: 64 }"
        let own = "file: t.onnx, preprocess: \(input), labels: names.txt, hints: [relu_1, \"layer 2\"]"
        let expected = TeacherFile(
            path: "t.onnx",
            preprocess: .stated(.init(mean: [0.5, 0.4, 0.3], std: [0.2], channels: .bgr, range: 255, size: 64)),
            labels: "names.txt", hints: ["relu_1", "layer 2"])
        let single = try spec("teacher: { \(own) }")
        #expect(single.teacherFile == expected)
        #expect(single.namedFiles.map(\.key) == ["teacher.file", "teacher.labels"])
        let several = try spec("teachers:\n  - { \(own), weight: 2 }\n  - resnet20\n  - file: u.onnx\n")
        #expect(several.allTeachers.map(\.teacherFile) == [expected, nil, TeacherFile(path: "u.onnx")])
        #expect(several.allTeachers.map(\.weight) == [2, 1, 1] && several.teacherFile == nil)
        #expect(several.namedFiles.map(\.path) == ["t.onnx", "names.txt", "u.onnx"])
        for read in [single, several] {
            let yaml = JobSpecWriter.yaml(read)
            #expect(try ManifestParser.parse(Array(yaml.utf8), file: "b.job.yaml", defaultName: "a").spec == read)
            #expect(try JSONDecoder().decode(JobSpec.self, from: JSONEncoder().encode(read)) == read)
        }
    }

    @Test func whatCannotBeTogetherIsRefused() {
        let list = "teachers:\n  - "
        #expect(problems(list + "{ file: t.onnx, model: resnet20 }") == ["3:28 teachers[1].model"])
        #expect(problems(list + "{ epochs: 3 }") == ["3:5 teachers[1].model"])
        #expect(problems(list + "{ model: resnet20, labels: l.txt }") == ["3:32 teachers[1].labels"])
        #expect(problems("teacher: { file: t.onnx, preprocess: { mean: [1, 2], std: [1] } }").count == 1)
        #expect(problems("teacher: { file: t.onnx, preprocess: { mean: [1], std: [0] } }").count == 1)
        #expect(problems("teacher: { file: t.onnx, preprocess: { maen: [1], std: [1] } }").count == 1)
        #expect(problems("teacher: { file: t.onnx, preprocess: { mean: [1], std: [1], range: 2 } }").count == 1)
        #expect(problems("teacher: { hints: [a] }") == ["2:19 teacher.hints"])
        #expect(problems("teacher: { file: t.onnx, model: resnet20 }") == ["2:33 teacher.model"])
        #expect(problems("teacher: { epochs: 3, file: t.onnx }") == ["2:29 teacher.file"])
        #expect(problems("teacher: { preprocess: imagenet }") == ["2:24 teacher.preprocess"])
        #expect(problems("teacher: { file: ../t.onnx }") == ["2:18 teacher.file"])
        #expect(problems("teacher: { file: t.onnx, preprocess: imagenets }") == ["2:38 teacher.preprocess"])
        #expect(problems("teacher: { file: t.onnx }\nteachers: [resnet20]").count == 1)
    }
}
