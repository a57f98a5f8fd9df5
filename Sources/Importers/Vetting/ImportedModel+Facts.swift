import Foundation

extension ImportedModel {
    /// What its file calls its outputs, from the metadata `classes` (a JSON array, as distilld writes it); `nil` where
    /// it does not say so, or not of every output.
    public var classNames: [String]? {
        guard let text = metadata["classes"],
            let names = try? JSONDecoder().decode([String].self, from: Data(text.utf8)), names.count == classes
        else { return nil }
        return names
    }

    /// What is done to an image first, from the metadata `preprocessing` (as distilld writes it); `nil` where the file
    /// does not say so in that form.
    public var statedPreprocessing: TeacherPreprocessing? {
        struct Stated: Decodable {
            var scale: Float
            var mean, std: [Float]
        }
        guard let text = metadata["preprocessing"],
            let stated = try? JSONDecoder().decode(Stated.self, from: Data(text.utf8)),
            stated.mean.count == channels, stated.std.count == channels, stated.scale > 0, stated.scale.isFinite,
            stated.mean.allSatisfy(\.isFinite), stated.std.allSatisfy({ $0 > 0 && $0.isFinite })
        else { return nil }
        func colors(_ values: [Float]) -> [Float] { values.count == 3 ? values : [values[0], values[0], values[0]] }
        return TeacherPreprocessing(
            name: "file", explanation: "what the teacher's file says", scale: stated.scale, mean: colors(stated.mean),
            std: colors(stated.std))
    }
}
