import Foundation
import Manifests

/// `distilld predict`: a line for each image.
public struct PredictCommand {
    /// How answers are printed.
    public enum Format: Sendable {
        /// `FILE: CLASS 97.1%, CLASS 2.0%`; a file that cannot be read stands in the error at the end.
        case text
        /// `file,class,probability,error`, as RFC 4180 has it: a row an answer, or one with the reason why there is none.
        case csv
        /// An object a line: `file` with `answers`, each `class` and `probability`, or with `error`.
        case json
    }

    private let model: String
    private let images: [String]
    private let top: Int
    private let format: Format

    /// - Parameters:
    ///   - images: files, and folders whose PNG and JPEG files are taken, in the order of their names.
    ///   - top: classes for each image.
    public init(model: String, images: [String], top: Int, format: Format) {
        self.model = model
        self.images = images
        self.top = top
        self.format = format
    }

    /// - Throws: `SavedModel.Unreadable`; `JobFailure` after the last image where some could not be read.
    public func run(print: (String) -> Void) throws {
        let predictor = try Predictor(path: model)
        let files = try ImageFiles.expand(images)
        var unreadable: [String] = []
        if format == .csv { print("file,class,probability,error") }
        for file in files {
            do {
                let answers = try predictor.predict(image: file).prefix(max(top, 1))
                report(file, Array(answers), print: print)
            } catch {
                unreadable.append("\(file): \(error)")
                report(file, error: "\(error)", print: print)
            }
        }
        guard unreadable.isEmpty else {
            throw JobFailure(
                code: "predict.images", what: "\(unreadable.count) of \(files.count) images could not be read",
                fix: "give PNG or JPEG files", details: unreadable)
        }
    }

    private func report(_ file: String, _ answers: [(name: String, probability: Double)], print: (String) -> Void) {
        switch format {
        case .text:
            let text = answers.map { String(format: "%@ %.1f%%", $0.name, $0.probability * 100) }
            print("\(file): \(text.joined(separator: ", "))")
        case .csv:
            for answer in answers {
                print("\(cell(file)),\(cell(answer.name)),\(String(format: "%.6f", answer.probability)),")
            }
        case .json:
            let answers = answers.map { Answer(class: $0.name, probability: $0.probability) }
            print(JSONText.line(Line(file: file, answers: answers, error: nil)))
        }
    }

    private func report(_ file: String, error: String, print: (String) -> Void) {
        switch format {
        case .text: break
        case .csv: print("\(cell(file)),,,\(cell(error))")
        case .json: print(JSONText.line(Line(file: file, answers: nil, error: error)))
        }
    }

    private func cell(_ text: String) -> String {
        guard text.contains(where: { "\",\n\r".contains($0) || $0 == "\r\n" }) else { return text }
        return "\"\(text.replacingOccurrences(of: "\"", with: "\"\""))\""
    }

    private struct Line: Encodable {
        var file: String
        var answers: [Answer]?
        var error: String?
    }

    private struct Answer: Encodable {
        var `class`: String
        var probability: Double
    }
}

/// What a command is given to look at.
enum ImageFiles {
    private static let endings = ["png", "jpg", "jpeg", "jpe"]

    /// Files as they are; of a folder all files below it that end as PNG and JPEG files do and are not hidden.
    ///
    /// - Throws: `JobFailure` for a folder without any.
    static func expand(_ paths: [String]) throws(JobFailure) -> [String] {
        var files: [String] = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
                files.append(path)
                continue
            }
            let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
            let found = names.filter { name in
                endings.contains((name as NSString).pathExtension.lowercased())
                    && !name.split(separator: "/").contains { $0.hasPrefix(".") }
            }
            guard !found.isEmpty else {
                throw JobFailure(
                    code: "predict.empty", what: "the folder has no PNG or JPEG files", location: path,
                    fix: "name a folder of images, or the images themselves")
            }
            files += found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { "\(path)/\($0)" }
        }
        return files
    }
}
