import Foundation

/// A `student.h` as programs that read it need it.
public struct CFile {
    public let text: String
    /// The beginning of all identifiers.
    public let name: String
    public let preprocessing: Preprocessing

    /// - Throws: `SavedModel.Unreadable` for what is no file that `CExporter` has written.
    public init(contentsOf path: String) throws {
        func unreadable(_ reason: String) -> SavedModel.Unreadable {
            SavedModel.Unreadable(path: path, reason: reason)
        }
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw unreadable("\(error.localizedDescription)")
        }
        text = String(decoding: data, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        let (start, end) = ("#ifdef ", "_IMPLEMENTATION")
        let names = lines.filter { $0.hasPrefix(start) && $0.hasSuffix(end) }
            .map { $0.dropFirst(start.count).dropLast(end.count) }
        guard let found = names.first, CNames.identifier(String(found)) == found else {
            throw unreadable("it is no student.h of distilld: it has no line `#ifdef NAME_IMPLEMENTATION`")
        }
        name = String(found)
        let key = "preprocess.json: "
        guard let line = lines.first(where: { $0.trimmingCharacters(in: .whitespaces).hasPrefix(key) }),
            let first = line.firstIndex(of: "{"), let last = line.lastIndex(of: "}"), first < last
        else {
            throw unreadable(
                "it does not say how images are resized: it is of an older distilld; export it again, or name the "
                    + "job's folder")
        }
        do {
            preprocessing = try JSONDecoder().decode(Preprocessing.self, from: Data(line[first...last].utf8))
        } catch let error as DecodingError {
            throw unreadable("its preprocessing is not what distilld writes: \(error.plainDescription)")
        }
        if let mistake = preprocessing.mistake { throw unreadable("its preprocessing cannot be: \(mistake)") }
    }
}
