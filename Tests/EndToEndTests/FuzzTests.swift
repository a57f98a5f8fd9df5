import Foundation
import Testing

/// The regressions of Etc/fuzz: every input that ever brought a reader down, and the seeds, in this build.
@Suite struct FuzzTests {
    private static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fuzz/corpus")

    private func fuzz(_ arguments: [String]) throws -> (code: Int32, output: String) {
        let program = URL(fileURLWithPath: Distilld.path).deletingLastPathComponent().appendingPathComponent("fuzz")
        let result = try Program.run(program, arguments, together: true)
        return (result.exitCode, result.text)
    }

    @Test func nothingThatWasFoundBringsAReaderDown() throws {
        let list = try fuzz(["list"])
        let targets = list.output.split(separator: "\n").map(String.init)
        #expect(list.code == 0 && targets.count > 7)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fuzz-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for target in targets {
            let seeds = folder.appendingPathComponent(target)
            #expect(try fuzz([target, "seed", seeds.path]).code == 0)
            let files = [seeds, Self.corpus.appendingPathComponent(target)].flatMap { folder in
                ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
                    .map { folder.appendingPathComponent($0).path }
            }
            let replay = try fuzz([target, "replay"] + files)
            #expect(replay.code == 0, "\(target): \(replay.output)")
        }
    }
}
