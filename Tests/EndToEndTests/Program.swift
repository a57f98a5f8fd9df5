import Foundation
import Testing

/// Any program, run to its end.
enum Program {
    struct Result {
        var exitCode: Int32
        var output: Data
        /// What it complained of; with `together` that is in the output.
        var errors: String

        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// - Parameters:
    ///   - environment: in addition to this process's.
    ///   - folder: where it runs; `nil`: here.
    ///   - input: a file for its standard input; `nil`: none.
    ///   - together: what it prints and what it complains of, in their order.
    static func run(
        _ executable: URL, _ arguments: [String], environment: [String: String] = [:], folder: URL? = nil,
        input: URL? = nil, together: Bool = false
    ) throws -> Result {
        // Files, not pipes: nothing that it leaves running is waited for.
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("program-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        func file(_ name: String) throws -> (url: URL, handle: FileHandle) {
            let url = place.appendingPathComponent(name)
            try Data().write(to: url)
            return (url, try FileHandle(forWritingTo: url))
        }
        let (output, errors) = (try file("output"), try file("errors"))
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = folder
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
        process.standardOutput = output.handle
        process.standardError = together ? output.handle : errors.handle
        try process.run()
        process.waitUntilExit()
        return Result(
            exitCode: process.terminationStatus, output: try Data(contentsOf: output.url),
            errors: String(decoding: try Data(contentsOf: errors.url), as: UTF8.self))
    }

    /// Runs a script of Etc that tries this build and says what it found, or with 77 why it cannot run here.
    ///
    /// - Parameter words: what it says where all is well.
    static func expectPromises(of script: String, saying words: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let result = try run(
            root.appendingPathComponent("Etc/\(script)"), [], environment: ["DISTILLD_BINARY": Distilld.path],
            together: true)
        if result.exitCode == 77 {
            print(result.text)
        } else {
            #expect(result.exitCode == 0, "\(result.text)")
            #expect(result.text.contains(words), "\(result.text)")
        }
    }

    /// - Parameter words: the first is looked for on the path.
    static func run(_ words: [String], input: URL? = nil) throws -> Result {
        try run(URL(fileURLWithPath: "/usr/bin/env"), words, input: input)
    }
}
