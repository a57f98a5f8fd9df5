import Synchronization

/// Pages as they were made last: of a crowd that looks at the same one, a second's worth is served by the work for one.
final class PageMemory: Sendable {
    private struct Page {
        var made: ContinuousClock.Instant
        var text: String
    }

    private struct Store {
        var pages: [String: Page] = [:]
        /// How often things were changed from a page.
        var changes = 0
    }

    /// A page that is older is made anew.
    static let age = Duration.seconds(1)
    /// Pages remembered; addresses come from outside.
    private static let room = 64

    private let store = Mutex(Store())

    /// - Parameters:
    ///   - address: path and query.
    ///   - make: the page's text.
    func page(_ address: String, _ make: () async throws -> String) async throws -> String {
        let (known, changes) = store.withLock { ($0.pages[address], $0.changes) }
        if let known, ContinuousClock.now - known.made < Self.age { return known.text }
        // What happens while it is made may not be in it.
        let made = ContinuousClock.now
        let text = try await make()
        store.withLock { store in
            guard store.changes == changes else { return }
            if store.pages.count >= Self.room { store.pages = [:] }
            store.pages[address] = Page(made: made, text: text)
        }
        return text
    }

    /// Whoever changed something sees it on the next page.
    func forget() {
        store.withLock { store in
            store.pages = [:]
            store.changes += 1
        }
    }
}
