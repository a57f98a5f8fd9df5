import Foundation

/// The program as users run it: built beside these tests.
enum Distilld {
    struct Result {
        var exitCode: Int32
        var output, errors: String
    }

    /// In the folder of this test's own executable.
    static let path: String = {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        guard let link else { fatalError("/proc/self/exe cannot be read") }
        return URL(fileURLWithPath: link).deletingLastPathComponent().appendingPathComponent("distilld").path
    }()

    static func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        return process
    }

    /// Runs a command to its end.
    static func run(_ arguments: String...) throws -> Result { try run(arguments) }

    static func run(_ arguments: [String]) throws -> Result {
        let result = try Program.run(URL(fileURLWithPath: path), arguments)
        return Result(exitCode: result.exitCode, output: result.text, errors: result.errors)
    }
}
