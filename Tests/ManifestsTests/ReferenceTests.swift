import Foundation
import Manifests
import Testing

/// The committed pages are what the code would write.
@Suite struct ReferenceTests {
    /// Set to 1 to write the pages anew instead of comparing them.
    private static let rewrites = ProcessInfo.processInfo.environment["DISTILLD_WRITE_REFERENCE"] == "1"

    @Test(arguments: ["Etc/docs/manifest.md", "Etc/docs/manifest.schema.json", "Etc/distilld.yaml"])
    func upToDate(path: String) throws {
        let content =
            switch path {
            case "Etc/docs/manifest.md": ManifestReference.markdown()
            case "Etc/docs/manifest.schema.json": ManifestSchema.json()
            default: DaemonConfigWriter.example()
            }
        let file = packageRoot.appending(path: path)
        if Self.rewrites { try Data(content.utf8).write(to: file) }
        let committed = try String(contentsOf: file, encoding: .utf8)
        let isUpToDate = committed == content
        #expect(
            isUpToDate,
            "\(path) is out of date: run DISTILLD_WRITE_REFERENCE=1 swift test --filter ReferenceTests")
    }

    @Test func theReferenceNamesEveryKey() throws {
        let page = ManifestReference.markdown()
        let spec = JobSpec(name: "a", dataset: "b")
        for line in JobSpecWriter.yaml(spec).split(separator: "\n") where !line.hasPrefix("#") {
            let key = line.trimmingCharacters(in: .whitespaces).prefix { $0 != ":" }
            #expect(page.contains("`\(key)`") || page.contains(".\(key)`"), "\(key)")
        }
    }

    /// The manifests shown in the reference are valid.
    @Test func examplesAreValid() throws {
        let blocks = ManifestReference.markdown().components(separatedBy: "```yaml\n").dropFirst()
        #expect(blocks.count == 4)
        for block in blocks {
            _ = try parse(block.components(separatedBy: "```")[0])
        }
    }
}
