import CFuzzing
import Foundation

/// Gives hostile bytes to what reads files of others.
///
///     fuzz list                        the names of the targets
///     fuzz TARGET replay FILES ...     each file once, in any build: a regression test
///     fuzz TARGET seed FOLDER          writes what the target's reader likes, to begin with
///     fuzz TARGET ARGUMENTS ...        libFuzzer; only in the build of Etc/fuzz
@main
struct Program {
    /// libFuzzer calls a function without a context.
    nonisolated(unsafe) private static var target = Target.png

    static func main() {
        let words = CommandLine.arguments
        if words.dropFirst().first == "list" {
            for target in Target.allCases { print(target.rawValue) }
            return
        }
        guard words.count > 2, let chosen = Target(rawValue: words[1]) else {
            fail("usage: fuzz list | fuzz TARGET (replay FILES | seed FOLDER | libFuzzer's arguments)")
        }
        target = chosen
        switch words[2] {
        case "replay": for path in words.dropFirst(3) { replay(path) }
        case "seed" where words.count == 4: seed(words[3])
        default:
            var arguments = (["fuzz"] + words.dropFirst(2)).map { strdup($0) }
            arguments.append(nil)
            let code = fuzzing_run(Int32(arguments.count - 1), &arguments) { bytes, count in
                Program.target.take(UnsafeRawBufferPointer(start: bytes, count: count))
                return 0
            }
            guard code >= 0 else { fail("built without libFuzzer: use Etc/fuzz") }
            exit(code)
        }
    }

    private static func replay(_ path: String) {
        guard let data = FileManager.default.contents(atPath: path) else { fail("cannot read \(path)") }
        data.withUnsafeBytes { target.take($0) }
    }

    private static func seed(_ folder: String) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for (index, seed) in try target.seeds().enumerated() {
                try Data(seed).write(to: URL(fileURLWithPath: "\(folder)/seed-\(index)"))
            }
        } catch {
            fail("\(error)")
        }
    }

    private static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data("fuzz: \(message)\n".utf8))
        exit(2)
    }
}
