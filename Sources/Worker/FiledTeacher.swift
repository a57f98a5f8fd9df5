import Foundation
import Importers
import Manifests
import Networks

/// A teacher from a file, with what the manifest says of it.
struct FiledTeacher {
    let model: ImportedModel
    /// `nil`: what the file says, else to be found by trying.
    let preprocessing: TeacherPreprocessing?
    /// Of its outputs, in their order; `nil`: what the model's file says.
    let labels: [String]?

    /// - Parameters:
    ///   - files: where the files lie, by their paths as written.
    ///   - input: the student's, for the size where the file leaves it open.
    /// - Throws: a `JobFailure` with the code `teacher.file` or `teacher.labels`.
    init(_ file: TeacherFile, files: [String: String], input: Graph.Shape) throws(JobFailure) {
        var size = (height: input.height, width: input.width)
        var wanted: Int?
        switch file.preprocess {
        case nil: preprocessing = nil
        case .named(let name): preprocessing = TeacherPreprocessing.named(name)
        case .stated(let stated):
            preprocessing = TeacherPreprocessing(stated)
            wanted = stated.size
            if let side = stated.size { size = (side, side) }
        }
        model = try Self.read(
            files[file.path] ?? file.path, named: file.path, size: size, features: file.hints ?? [])
        if let wanted, (model.height, model.width) != (wanted, wanted) {
            throw JobFailure(
                code: "teacher.file",
                what: "the teacher takes images of \(model.width)x\(model.height), not of \(wanted)x\(wanted)",
                location: file.path, fix: "leave out `size` in the teacher's `preprocess`")
        }
        if let labels = file.labels {
            self.labels = try Self.names(files[labels] ?? labels, named: labels, of: model)
        } else {
            labels = nil
        }
    }

    private static func read(
        _ path: String, named name: String, size: (height: Int, width: Int), features: [String]
    ) throws(JobFailure) -> ImportedModel {
        do throws(ImportError) {
            return try ImportedModel(contentsOf: path, displayName: name, size: size, features: features)
        } catch {
            let place = error.node.map { ", \($0)" } ?? ""
            throw JobFailure(
                code: "teacher.file", what: "the teacher cannot be used: \(error.reason)", location: name + place,
                fix: error.advice)
        }
    }

    /// Far more than the names of a thousand classes need.
    private static let longest = 1 << 20

    private static func names(
        _ path: String, named name: String, of model: ImportedModel
    ) throws(JobFailure) -> [String] {
        func failure(_ what: String, _ fix: String) -> JobFailure {
            JobFailure(code: "teacher.labels", what: what, location: name, fix: fix)
        }
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            data = try handle.read(upToCount: longest + 1) ?? Data()
        } catch {
            throw failure(
                "the teacher's labels cannot be read: \(error.localizedDescription)",
                "put the file where the manifest names it")
        }
        guard data.count <= longest, let text = String(data: data, encoding: .utf8) else {
            throw failure(
                "the teacher's labels are no text of at most \(longest) bytes", "write a class a line, as UTF-8")
        }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces.union(CharacterSet(charactersIn: "\r\u{FEFF}")))
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        guard lines.count == model.classes, !lines.contains("") else {
            throw failure(
                "the teacher has \(model.classes) outputs, and its labels "
                    + (lines.contains("") ? "have an empty line" : "are \(lines.count)"),
                "write a class a line, in the order of the outputs")
        }
        return lines
    }
}

extension TeacherPreprocessing {
    /// As a manifest states it.
    init(_ stated: TeacherInput.Normalization) {
        func colors(_ values: [Double]) -> [Float] {
            (values.count == 3 ? values : [values[0], values[0], values[0]]).map { Float($0) }
        }
        self.init(
            name: "manifest", explanation: "what the manifest says", scale: stated.range == 255 ? 1 : 1 / 255,
            mean: colors(stated.mean), std: colors(stated.std), order: stated.channels == .bgr ? .bgr : .rgb)
    }
}
