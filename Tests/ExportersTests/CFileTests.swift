import Exporters
import Foundation
import Testing

/// `student.h` read back.
@Suite struct CFileTests {
    private let folder: TemporaryFolder
    private let text: String
    private let sample: Sample

    init() throws {
        folder = try TemporaryFolder()
        var sample = try Sample.preset("convnet3", height: 8, width: 8, factor: 0.25)
        sample.metadata.name = "9 Screws */ preprocess.json: {}"
        self.sample = sample
        text = try sample.cFile().text
    }

    private func read(_ text: String) throws -> CFile {
        let path = folder.path("student.h")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return try CFile(contentsOf: path)
    }

    @Test func saysWhatItIs() throws {
        let file = try read(text)
        #expect(file.name == "student_9_screws_preprocess_json" && file.text == text)
        #expect(file.preprocessing == sample.metadata.preprocessing)
    }

    @Test(arguments: [
        ("#ifdef student_9", "#ifdef Student 9", "no student.h of distilld"),
        ("   preprocess.json: ", "   ", "does not say how images are resized"),
        ("\"channels\":3", "\"channels\":2", "2 channels"),
        ("\"width\":8", "\"width\":eight", "not what distilld writes"),
    ])
    func anotherFileIsRefused(old: String, new: String, reason: String) throws {
        #expect(text.contains(old))
        let error = #expect(throws: SavedModel.Unreadable.self) { try read(text.replacing(old, with: new)) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func aMissingFileIsSaid() {
        #expect(throws: SavedModel.Unreadable.self) { try CFile(contentsOf: folder.path("none.h")) }
    }
}
