import Foundation
import Testing

@testable import Daemon

/// Debian's Chromium without a screen.
enum Browser {
    static let path = "/usr/bin/chromium"
    static let isThere = access(path, X_OK) == 0
    static let missing: Comment = "chromium is not installed"

    struct Look {
        /// The document after scripts have run.
        var document: String
        /// What the browser says on its console.
        var console: String
    }

    /// - Parameters:
    ///   - folder: for its files.
    ///   - condition: an expression in the page; it is looked at until this holds.
    ///   - limit: for how long at most.
    ///   - arguments: further ones of Chromium.
    static func look(
        at address: String, in folder: TemporaryFolder, until condition: String = "document.readyState == 'complete'",
        within limit: Duration = patience, arguments: [String] = []
    ) async throws -> Look {
        let tools = try DevTools(in: folder, arguments: arguments)
        try await tools.visit(address)
        try await eventually("\(address): \(condition)", within: limit) {
            try await tools.evaluate(condition) as? Bool == true
        }
        let document = try await tools.evaluate("document.documentElement.outerHTML") as? String
        return Look(document: document ?? "", console: tools.console.joined(separator: "\n"))
    }
}

/// axe-core (Deque Systems), which finds what makes a page hard to use with a keyboard or a screen reader. It comes with
/// the Python package axe-playwright-python, which `Etc/python` installs.
enum Axe {
    static let script: String? = {
        guard let python = ProcessInfo.processInfo.environment["DISTILLD_PYTHON"] else { return nil }
        let lib = URL(fileURLWithPath: python).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("lib").path
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: lib)) ?? []
        let files = versions.map { "\(lib)/\($0)/site-packages/axe_playwright_python/axe.min.js" }
        return files.first { access($0, R_OK) == 0 }
    }()
    static let missing: Comment =
        "axe-core is not there: Etc/python installs it, and DISTILLD_PYTHON names its interpreter"

    struct Finding: Decodable, CustomStringConvertible {
        var id, help: String
        /// minor, moderate, serious or critical.
        var impact: String?
        var nodes: [String]
        var description: String { "\(impact ?? "?") \(id): \(help): \(nodes.prefix(3).joined(separator: " | "))" }
    }

    struct Result: Decodable {
        var name: String
        var isDark: Bool
        var width: Int
        /// Rules that were checked and kept.
        var passes: Int
        var violations: [Finding]
        var serious: [Finding] { violations.filter { $0.impact == "serious" || $0.impact == "critical" } }
    }

    /// Looks at pages as browsers of these widths show them.
    ///
    /// - Parameter pages: by their names; without anything that they would load.
    static func check(
        _ pages: [(name: String, text: String)], widths: [Int], isDark: Bool, in folder: TemporaryFolder
    ) async throws -> [Result] {
        let axe = try readFile(try #require(script))
        // A window has a least width; a frame has not.
        var frames = ""
        for (number, page) in pages.enumerated() {
            let run = """
                <script>\(axe)</script><script>
                addEventListener('load', () => axe.run(document, {resultTypes: ['violations']}).then(found => {
                  const nodes = one => one.nodes.map(node => node.target.join(' ') + ' ' + node.failureSummary.slice(0, 200));
                  parent.postMessage({
                    name: '\(number)', isDark: matchMedia('(prefers-color-scheme: dark)').matches, width: innerWidth,
                    passes: found.passes.length, violations: found.violations.map(
                      one => ({id: one.id, help: one.help, impact: one.impact, nodes: nodes(one)}))
                  }, '*');
                }));</script></body>
                """
            // Scripts are what the page forbids.
            let open = page.text.replacing(/<meta http-equiv="Content-Security-Policy"[^>]*>/, with: "")
            try writeFile(open.replacing("</body>", with: run), folder["frame\(number).html"])
            for width in widths {
                frames +=
                    "<iframe src=\"frame\(number).html\" style=\"width:\(width)px;height:3000px;border:0\"></iframe>\n"
            }
        }
        try writeFile(
            """
            <!DOCTYPE html><html lang="en"><title>axe</title><body><pre id="found"></pre>
            <script>
            const all = [];
            addEventListener('message', event => {
              all.push(event.data);
              if (all.length == \(pages.count * widths.count))
                found.textContent = btoa(unescape(encodeURIComponent(JSON.stringify(all))));
            });</script>
            \(frames)</body></html>
            """, folder["axe.html"])
        let look = try await Browser.look(
            at: "file://\(folder["axe.html"])", in: folder,
            until: "!!document.getElementById('found')?.textContent", within: .seconds(180),
            arguments: ["--window-size=1400,3200"] + (isDark ? ["--force-dark-mode"] : []))
        let match = try #require(look.document.firstMatch(of: /<pre id="found">([A-Za-z0-9+\/=]+)</), "\(look.console)")
        let data = try #require(Data(base64Encoded: String(match.1)))
        return try JSONDecoder().decode([Result].self, from: data).map { result in
            var result = result
            result.name = Int(result.name).map { pages[$0].name } ?? result.name
            return result
        }
    }
}
