import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A page as an XML parser reads it: an independent judge of whether all is closed and escaped.
final class XMLPage: NSObject, XMLParserDelegate {
    struct Element {
        let name: String
        let attributes: [String: String]
    }

    private(set) var elements: [Element] = []
    /// Of each element named `style` or `title`, and of the whole body.
    private(set) var styles = ""
    private(set) var text = ""
    private var open: [String] = []

    /// - Throws: the parser's error, for what is not well-formed.
    init(_ page: String) throws {
        super.init()
        let parser = XMLParser(data: Data(page.utf8))
        parser.delegate = self
        guard parser.parse() else {
            throw NotWellFormed(
                line: parser.lineNumber, column: parser.columnNumber,
                reason: parser.parserError.map { "\($0)" } ?? "unknown")
        }
    }

    struct NotWellFormed: Error {
        let line, column: Int
        let reason: String
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        open.append(name)
        elements.append(Element(name: name, attributes: attributes))
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) { open.removeLast() }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        if open.last == "style" { styles += string } else { text += string }
    }

    func all(_ attribute: String) -> [String] { elements.compactMap { $0.attributes[attribute] } }
}
