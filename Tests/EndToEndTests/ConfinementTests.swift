import CSandbox
import Foundation
import Manifests
import Testing

/// What a worker may not do.
struct ConfinementTests {
    /// A program in the worker's place under the worker's rules: the C compiler that it starts to judge student.h, of
    /// which a script in front of it on PATH takes the name.
    @Test func aWorkerWritesOnlyInItsFoldersAndHasNoNetwork() throws {
        let site = try Site()
        let compiler = """
            #!/bin/bash
            {
                echo touch-outside $(touch "\(site.url("Outbox/stray").path)" 2>&1 && echo done)
                echo remove-outside $(rm "\(site.url("distilld.yaml").path)" 2>&1 && echo done)
                echo network $( (exec 3<>/dev/tcp/127.0.0.1/1) 2>&1 )
                echo inside $(touch "$TMPDIR/inside" 2>&1 && echo done)
                echo privileges $(grep NoNewPrivs /proc/self/status)
            } >"$TMPDIR/../../staging/notes.txt" 2>&1
            exit 1
            """
        try FileManager.default.createDirectory(at: site.url("bin"), withIntermediateDirectories: true)
        try Data(compiler.utf8).write(to: site.url("bin/cc"))
        chmod(site.url("bin/cc").path, 0o755)
        try SmallJob.writeDataset(to: site.url("Inbox/shapes"))
        try site.drop(SmallJob.manifest(), as: "job.job.yaml")
        try site.start(["PATH": "\(site.url("bin").path):/usr/bin:/bin"])
        let folder = try site.awaitJob("job")[0]
        let notes = String(decoding: try site.file("\(folder)/notes.txt"), as: UTF8.self)
        let lines = Dictionary(
            notes.split(separator: "\n").map { line in
                let words = line.split(separator: " ", maxSplits: 1)
                return (String(words[0]), words.count > 1 ? String(words[1]) : "")
            }, uniquingKeysWith: { first, _ in first })
        #expect(lines["privileges"]?.hasSuffix("1") == true, "\(notes)")
        #expect(lines["inside"] == "done", "\(notes)")
        #expect(lines["network"]?.contains("Permission denied") == true, "\(notes)")
        guard Int(sandbox_missing()) & SANDBOX_NO_LANDLOCK == 0 else { return }
        #expect(lines["touch-outside"]?.contains("Permission denied") == true, "\(notes)")
        #expect(lines["remove-outside"]?.contains("Permission denied") == true, "\(notes)")
        #expect(try !site.names("Outbox").contains("stray"))
        #expect(try site.stop().code == 0)
    }
}
