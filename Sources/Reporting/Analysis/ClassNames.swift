/// The classes' names, whatever a dataset's author made of them.
package struct ClassNames {
    let names: [String]

    init(_ report: JobReport) { names = report.data.classes }

    subscript(index: Int) -> String { names.indices.contains(index) ? names[index] : "class \(index)" }

    /// At most `limit` characters: the middle of a longer name becomes an ellipsis, since both ends tell names apart.
    func short(_ index: Int, limit: Int = 40) -> String { Self.short(self[index], limit: limit) }

    package static func short(_ name: String, limit: Int) -> String {
        guard name.count > limit else { return name }
        let head = (limit - 1) * 2 / 3
        return "\(name.prefix(head))…\(name.suffix(limit - 1 - head))"
    }

    /// `'screw'`, `'screw' and 'nut'`, `'screw', 'nut' and 3 more`
    func list(_ indices: [Int], limit: Int = 5) -> String {
        var parts = indices.prefix(limit).map { "'\(short($0, limit: 32))'" }
        if indices.count > limit { parts.append("\(Figures.whole(indices.count - limit)) more") }
        guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
        return parts.dropLast().joined(separator: ", ") + " and " + last
    }
}
