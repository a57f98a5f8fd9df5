/// Paths as text. All of it works on bytes: a name may begin with a combining mark, which Swift makes one character
/// with the slash before it.
enum Path {
    private static let slash = UInt8(ascii: "/")

    static func join(_ folder: String, _ name: String) -> String {
        folder.utf8.last == slash ? folder + name : folder + "/" + name
    }

    /// The last component.
    static func name(of path: String) -> String {
        path.utf8.split(separator: slash).last.map { String(Substring($0)) } ?? ""
    }

    /// `/a` for `/a/b`.
    static func folder(of path: String) -> String {
        guard let end = path.utf8.lastIndex(of: slash) else { return "." }
        return end == path.utf8.startIndex ? "/" : String(Substring(path.utf8[..<end]))
    }

    /// Whether `path` is `folder` or lies below it.
    static func contains(_ folder: String, _ path: String) -> Bool {
        PathKey(path) == PathKey(folder) || relative(path, to: folder) != nil
    }

    /// What `path` is called within `folder`; nil where it does not lie below it.
    static func relative(_ path: String, to folder: String) -> String? {
        let base = join(folder, "")
        guard path.utf8.starts(with: base.utf8), path.utf8.count > base.utf8.count else { return nil }
        return String(Substring(path.utf8.dropFirst(base.utf8.count)))
    }
}

/// A path as a key. Two texts are equal in Swift when they look alike, whether or not their accents are composed; two
/// file names are equal when their bytes are.
struct PathKey: Hashable, Sendable {
    private let bytes: [UInt8]

    init(_ path: String) { bytes = Array(path.utf8) }
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
