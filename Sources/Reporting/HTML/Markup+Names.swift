extension Markup {
    /// A name from the user's data: kept apart from the text around it in its direction of writing, shortened to
    /// `limit` characters with the whole as a tooltip.
    package static func name(_ name: String, limit: Int = 40) -> Markup {
        if name.allSatisfy(\.isWhitespace) { return "<i>no name</i>" }
        let short = ClassNames.short(name, limit: limit)
        return short == name
            ? "<bdi>\(name)</bdi>" : "<bdi title=\"\(ClassNames.short(name, limit: 255))\">\(short)</bdi>"
    }

    /// A path or file name: as `name`, in the type of code.
    package static func path(_ path: String, limit: Int = 160) -> Markup {
        "<bdi><code>\(ClassNames.short(path, limit: limit))</code></bdi>"
    }

    /// A number in the user units of a drawing: a tenth is finer than any screen shows.
    static func units(_ value: Double) -> Markup {
        let text = Figures.fixed(value, 1)
        return Markup(trusted: text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    /// A part of the page with its heading; `id` is the anchor.
    package static func section(_ id: String, _ title: String, _ content: Markup) -> Markup {
        """
        <section aria-labelledby="\(id)">
        <h2 id="\(id)">\(title)</h2>
        \(content)
        </section>

        """
    }
}

extension ModelResult.Role {
    var title: String {
        switch self {
        case .teacher: "Teacher"
        case .student: "Student"
        case .baseline: "Baseline"
        }
    }
}
