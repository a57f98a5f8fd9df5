import Manifests
import Testing

/// Files made to hurt: each is refused, soon and without a crash.
@Suite struct HostileInputTests {
    private func seconds(_ body: () -> Void) -> Double {
        let clock = ContinuousClock()
        let time = clock.measure(body)
        return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
    }

    /// "Billion laughs" in three forms; the last makes a parser that hashes keys do the whole work.
    @Test(arguments: ["value", "key", "merge"])
    func aliasBomb(form: String) {
        var text = "dataset: a\na: &a [x, x, x, x, x, x, x, x, x]\n"
        for letter in "bcdefghijklmnopqrstuvwxyz" {
            let before = Character(Unicode.Scalar(letter.asciiValue! - 1))
            let nine = Array(repeating: "*\(before)", count: 9).joined(separator: ", ")
            switch form {
            case "value": text += "\(letter): &\(letter) [\(nine)]\n"
            case "key": text += "\(letter): &\(letter) { [\(nine)]: 1 }\n? *\(letter)\n: 1\n"
            default: text += "\(letter): &\(letter)\n  <<: [\(nine)]\n"
            }
        }
        var found: [ManifestProblem] = []
        #expect(seconds { found = problems(Array(text.utf8)) } < 1)
        #expect(found.contains { $0.found == "the anchor &a" && $0.line == 2 && $0.column == 4 })
        #expect(found.contains { $0.found == "the alias *a" })
    }

    @Test(arguments: ["[", "{", "{a: ", "- ", "? ", "- - ? ", "[{", "&a [", "!x ["])
    func deepNesting(opening: String) {
        let bytes = Array(
            ("dataset: a\nname:\n  " + String(repeating: opening, count: 1_000_000 / opening.utf8.count)).utf8)
        var found: [ManifestProblem] = []
        #expect(seconds { found = problems(bytes) } < 1)
        #expect(!found.isEmpty && found.allSatisfy { $0.severity == .error })
    }

    @Test func nestingLimit() {
        let found = messages("dataset: a\nname: " + String(repeating: "[", count: 100))
        #expect(found == ["cifar.job.yaml:2:23: found more than 16 levels of nesting; allowed: at most 16."])
    }

    @Test func tooLarge() {
        let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: 2 << 20)
        #expect(
            problems(bytes).map(\.description) == [
                "cifar.job.yaml: found more than 1,048,576 bytes; allowed: at most 1,048,576 bytes (limits.manifestBytes)."
            ])
    }

    /// As large as is read at all, in the shapes that cost a parser most.
    @Test(arguments: [
        "k: 1\n", "#\n", "\n", "a", " ", "a\n\n", "- a\n", "[],", "\"", "'", "a: &b\n", "{a: 1},", "? a\n", "\t\n", "é",
        ": ", "%", "|\n ",
    ])
    func largestFile(piece: String) {
        let count = ((1 << 20) - 40) / piece.utf8.count
        var found: [ManifestProblem] = []
        let body = String(repeating: piece, count: count)
        for head in ["", "dataset: [", "dataset: a\nname: \""] {
            let bytes = Array((head + body + "\nend: of: it\n").utf8)
            #expect(seconds { found = problems(bytes) } < 4, "\(head)")
            #expect(!found.isEmpty)
        }
    }

    @Test func tooManyValues() {
        let text = "dataset: a\n" + (0..<5000).map { "k\($0): 1\n" }.joined()
        let found = problems(Array(text.utf8))
        #expect(found.map(\.found) == ["more than 4,096 values"])
    }

    @Test(arguments: 0..<8)
    func randomBytes(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        for _ in 0..<250 {
            let length = Int.random(in: 0...200, using: &generator)
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let found = problems(bytes)
            #expect(!found.isEmpty, "\(bytes)")
        }
    }

    /// Random texts of the signs that mean something to YAML.
    @Test(arguments: 100..<108)
    func randomSigns(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        let pieces =
            Array("abdst:,-?[]{}&*!|>'\"%@`#~<=\n\n    \t\\0123").map(String.init) + [
                "dataset: ", "seed: ", "\n  ", ": ", "- ",
            ]
        for _ in 0..<500 {
            let length = Int.random(in: 0...60, using: &generator)
            let text = (0..<length).map { _ in pieces.randomElement(using: &generator)! }.joined()
            checkConsistency(Array(text.utf8))
        }
    }

    /// A valid manifest with bytes changed, removed, doubled or moved.
    @Test(arguments: 200..<212)
    func mutations(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        let original = Array(fullManifest.utf8)
        for _ in 0..<150 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let at = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(bytes.randomElement(using: &generator)!, at: at)
                case 3: bytes.removeSubrange(at..<min(bytes.count, at + 20))
                default:
                    let from = Int.random(in: 0..<bytes.count, using: &generator)
                    bytes.insert(contentsOf: bytes[from..<min(bytes.count, from + 15)], at: at)
                }
            }
            checkConsistency(bytes)
        }
    }

    /// Either the file is refused with places that exist in it, or what was read can be written and read again.
    private func checkConsistency(_ bytes: [UInt8]) {
        do {
            let parsed = try ManifestParser.parse(bytes, file: "x.job.yaml")
            let again = try ManifestParser.parse(Array(JobSpecWriter.yaml(parsed.spec).utf8), file: "y.job.yaml")
            #expect(again.spec == parsed.spec, "\(String(decoding: bytes, as: UTF8.self))")
        } catch {
            let lines =
                bytes.count { $0 == 0x0A || $0 == 0x0D } + bytes.count { $0 == 0x85 || $0 == 0xA8 || $0 == 0xA9 } + 1
            for problem in error.problems {
                let isWhole = problem.line == 0 && problem.column == 0
                let isInside = problem.line >= 1 && problem.line <= lines + 1 && problem.column >= 1
                #expect(isWhole || isInside, "\(problem) in \(String(decoding: bytes, as: UTF8.self))")
                #expect(!problem.found.isEmpty && !problem.allowed.isEmpty)
            }
        }
    }
}
