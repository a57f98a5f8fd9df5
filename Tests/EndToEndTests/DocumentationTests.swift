import Foundation
import Testing

/// DocC understands the documentation of every library: `Etc/document`.
@Suite struct DocumentationTests {
    private static let hasDocC =
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            access("\($0)/docc", X_OK) == 0
        }

    /// Links of the pages for users lead to files that are there.
    @Test func linksLeadSomewhere() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let docs = root.appendingPathComponent("Etc/docs")
        let pages =
            try FileManager.default.contentsOfDirectory(atPath: docs.path).filter { $0.hasSuffix(".md") }
            .map { docs.appendingPathComponent($0) } + [root.appendingPathComponent("README.md")]
        var count = 0
        for page in pages {
            let text = try String(contentsOf: page, encoding: .utf8)
            for match in text.matches(of: /\]\(([^)#: ]+)(#[^)]*)?\)/) {
                count += 1
                let file = page.deletingLastPathComponent().appendingPathComponent(String(match.1))
                let isThere = FileManager.default.fileExists(atPath: file.path)
                #expect(isThere, "\(page.lastPathComponent): \(match.1)")
            }
        }
        #expect(count > 30)
        // Whoever has only the README finds every page.
        let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
        for page in pages where page.deletingLastPathComponent().lastPathComponent == "docs" {
            #expect(readme.contains("Etc/docs/\(page.lastPathComponent)"), "\(page.lastPathComponent)")
        }
    }

    @Test(.enabled(if: hasDocC, "docc is not on the path; it comes with Swift toolchains"))
    func everyLibraryHasPages() throws {
        let site = try Site()
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        // .build-test/TRIPLE/release/distilld
        let build = URL(fileURLWithPath: Distilld.path).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let result = try Program.run(
            root.appendingPathComponent("Etc/document"), [site.url("pages").path],
            environment: ["DISTILLD_BUILD": build.path], together: true)
        #expect(result.exitCode == 0, "\(result.text.suffix(3000))")
        let sources = try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("Sources").path)
        // C, generated code, and the program itself have no pages.
        let libraries = sources.filter {
            !["CKernels", "CCodecs", "CFiles", "CLimits", "CSandbox", "ONNXFormat", "distilld"].contains($0)
        }
        #expect(libraries.count >= 14)
        for name in libraries {
            let page = site.url("pages/data/documentation/\(name.lowercased()).json")
            let json = (try? String(contentsOf: page, encoding: .utf8)) ?? ""
            #expect(json.contains("topicSections"), "\(name)")
        }
    }
}
