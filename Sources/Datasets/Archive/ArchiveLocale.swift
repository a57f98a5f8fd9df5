import Glibc

/// libarchive turns names into the locale's encoding, which is ASCII unless a program says otherwise; this is what it
/// sees instead while it reads a header. The process's own locale is left alone.
enum ArchiveLocale {
    /// `nil` where the system has no such locale: then names beyond ASCII may be refused, with a message.
    nonisolated(unsafe) private static let utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)

    static func within<T>(_ body: () -> T) -> T {
        guard let utf8 else { return body() }
        let before = uselocale(utf8)
        defer { uselocale(before) }
        return body()
    }
}
