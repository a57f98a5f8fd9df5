#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Secrets that the service manager hands over as files (systemd.exec(5), `LoadCredential=`), named as the keys of the
/// configuration that they stand for: `http.token` and `notify.secret`. A key that the configuration has counts more.
struct Credentials: Sendable, Equatable {
    var token: String?
    var secret: String?

    /// None.
    init() {}

    /// - Parameter folder: nil where there is none.
    /// - Throws: that one is there but cannot be read, or is no secret.
    init(folder: String?) throws(ManifestProblems) {
        guard let folder else { return }
        token = try Self.read("http.token", in: folder)
        secret = try Self.read("notify.secret", in: folder)
    }

    /// Of the service that this process is.
    static func ofService() throws(ManifestProblems) -> Credentials {
        try Credentials(folder: getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) })
    }

    /// As of the keys that they stand for: what is shorter can be guessed.
    private static let lengths = 16...256

    private static func read(_ name: String, in folder: String) throws(ManifestProblems) -> String? {
        let path = FilePath.absolute(name, in: folder)
        guard access(path, F_OK) == 0 else { return nil }
        var bytes = try SmallFile.read(
            path: path, displayName: path, limit: lengths.upperBound + 2, followSymlinks: true)
        while let last = bytes.last, [10, 13, 32].contains(last) { bytes.removeLast() }
        guard lengths.contains(bytes.count), bytes.allSatisfy({ (33...126).contains($0) }) else {
            throw ManifestProblems([
                ManifestProblem(
                    file: path, line: 0, column: 0, key: name, found: "a credential of \(bytes.count) bytes",
                    allowed: "a line of 16 to 256 letters, digits and signs without spaces")
            ])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
