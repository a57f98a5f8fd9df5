import Foundation
import Testing

/// `Etc/docs/tutorial.md`, read and done.
@Suite struct TutorialTests {
    /// The tutorial's commands, and its files where they are to be written, as one script.
    private static func script() throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Etc/docs/tutorial.md")
        var script = "set -eu\n"
        for (index, part) in try String(contentsOf: file, encoding: .utf8).components(separatedBy: "```").enumerated()
        where index % 2 == 1 {
            let (kind, body) = (part.prefix { $0 != "\n" }, part.drop { $0 != "\n" }.dropFirst())
            switch kind {
            case "sh": script += body
            // A file begins with its name in a comment.
            case "yaml", "c":
                let name = body.split(whereSeparator: { " \n:".contains($0) })[1]
                script += "cat >\(name) <<'END'\n\(body)END\n"
            default: Issue.record("a block of the kind \"\(kind)\"")
            }
        }
        return script
    }

    @Test func fromPhotographsToACProgram() throws {
        let site = try Site()
        let program = URL(fileURLWithPath: Distilld.path).deletingLastPathComponent().path
        let result = try Program.run(
            URL(fileURLWithPath: "/bin/bash"), ["-c", try Self.script()],
            environment: ["PATH": "\(program):/usr/local/bin:/usr/bin:/bin"], folder: site.root, together: true)
        let text = result.text
        #expect(result.exitCode == 0, "\(text.suffix(3000))")
        let answer = text.split(separator: "\n").last.map(String.init) ?? ""
        #expect(try site.names("photos/train").contains(answer), "the program named \"\(answer)\"")
        let folder = try #require(try site.names("results").first { $0.hasPrefix("tiny-") })
        #expect(try site.names("results/\(folder)").contains("report.html"))
    }
}
