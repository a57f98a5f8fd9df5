import Foundation

extension ModelMetadata {
    /// What an ONNX file that distilld has written says in its `metadata_props`.
    ///
    /// - Parameters:
    ///   - path: for messages.
    ///   - width, height, channels, logits: of the network in the file, which the metadata must fit.
    /// - Throws: `SavedModel.Unreadable`.
    public init(
        properties: [String: String], path: String, width: Int, height: Int, channels: Int, logits: Int
    ) throws {
        func decode<Value: Decodable>(_ key: String) throws -> Value {
            guard let text = properties[key] else {
                throw SavedModel.Unreadable(
                    path: path,
                    reason: "its metadata lacks '\(key)': only ONNX files written by distilld say what their outputs "
                        + "mean and what is to be done to an image first")
            }
            do {
                return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
            } catch let error as DecodingError {
                throw SavedModel.Unreadable(
                    path: path,
                    reason: "'\(key)' in its metadata is not what distilld writes: \(error.plainDescription)")
            }
        }
        let classes: [String] = try decode("classes")
        let preprocessing: Preprocessing = try decode("preprocessing")
        if let mistake = preprocessing.mistake {
            throw SavedModel.Unreadable(path: path, reason: "its preprocessing cannot be: \(mistake)")
        }
        let p = preprocessing
        guard classes.count == logits, (p.width, p.height, p.channels) == (width, height, channels) else {
            throw SavedModel.Unreadable(path: path, reason: "its metadata is that of another network")
        }
        self.init(
            name: "", classes: classes, preprocessing: preprocessing,
            facts: properties.filter { $0.key != "classes" && $0.key != "preprocessing" })
    }
}
