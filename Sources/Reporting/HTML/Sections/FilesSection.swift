import Foundation

/// The files beside the page.
enum FilesSection {
    static func make(_ report: JobReport) -> Section? {
        guard !report.files.isEmpty else { return nil }
        let rows = report.files.map { file -> Markup in
            """
            <tr><td class="path">\(link(file.name))</td><td>\(Figures.bytes(file.bytes))</td>\
            <td class="text">\(file.purpose)</td></tr>

            """
        }
        let content: Markup = """
            <div class="scroll" tabindex="0"><table>
            <thead><tr><th scope="col">File</th><th scope="col">Size</th><th scope="col" class="text">For</th></tr></thead>
            <tbody>\(rows)</tbody>
            </table></div>
            <p class="note"><code>sha256sum -c SHA256SUMS</code> checks all of them.</p>
            """
        return Section(id: "files", title: "The files", content: content)
    }

    /// `./` keeps a name with a colon from being read as a scheme.
    private static func link(_ name: String) -> Markup {
        let allowed = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/")
        guard let path = name.addingPercentEncoding(withAllowedCharacters: allowed) else { return .name(name) }
        return "<a href=\"./\(path)\">\(Markup.name(name, limit: 80))</a>"
    }
}
