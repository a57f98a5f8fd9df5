/// Paths as text.
enum Path {
    static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    /// The last component.
    static func name(of path: String) -> String {
        String(path.split(separator: "/").last ?? "")
    }

    /// `/a` for `/a/b`.
    static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }

    /// Whether `path` is `folder` or lies below it.
    static func contains(_ folder: String, _ path: String) -> Bool {
        path == folder || relative(path, to: folder) != nil
    }

    /// What `path` is called within `folder`; nil where it does not lie below it.
    static func relative(_ path: String, to folder: String) -> String? {
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        guard path.utf8.starts(with: base.utf8), path.utf8.count > base.utf8.count else { return nil }
        return String(path.dropFirst(base.count))
    }
}

/// A path as the system has it: any bytes but NUL. A dropped folder may hold names that are no Unicode.
struct RawPath {
    /// With the NUL at its end.
    private(set) var characters: [CChar]

    init(_ path: String) { characters = Array(path.utf8CString) }

    func appending(_ name: UnsafePointer<CChar>) -> RawPath {
        var longer = self
        longer.characters.removeLast()
        longer.characters.append(CChar(bitPattern: UInt8(ascii: "/")))
        var next = name
        while next.pointee != 0 {
            longer.characters.append(next.pointee)
            next += 1
        }
        longer.characters.append(0)
        return longer
    }

    /// For messages: bytes that are no Unicode become U+FFFD.
    var text: String { String(decoding: characters.dropLast().lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self) }
}

extension String {
    /// For messages on one line: control characters are escaped.
    var shown: String {
        var text = ""
        for scalar in unicodeScalars {
            if scalar.properties.generalCategory == .control {
                text += scalar.escaped(asASCII: true)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
