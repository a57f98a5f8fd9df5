import Foundation
import ONNXFormat
import Testing

@testable import Importers

/// A folder that is gone after the test.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("importers-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

/// Third-party data beside the package, which not every machine has.
enum SharedData {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data")

    static func url(_ name: String) -> URL { folder.appendingPathComponent(name) }
    static func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: url(name).path) }
}

/// Runs a command and returns what it printed.
func shell(_ arguments: [String]) throws -> String {
    struct Failed: Error, CustomStringConvertible { var description: String }
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed(description: "\(arguments[0]): \(complaint)") }
    return text
}

extension Tensor {
    /// The largest part by which a value exceeds what numpy's `allclose` would allow; at most 0 where all are close.
    func excess(over expected: Tensor, relative: Double = 1e-3, absolute: Double = 1e-7) -> Double {
        zip(reals, expected.reals).reduce(-.infinity) { worst, pair in
            let (found, wanted) = pair
            if found == wanted || (found.isNaN && wanted.isNaN) { return max(worst, 0) }
            let excess = abs(found - wanted) - absolute - relative * abs(wanted)
            return excess.isNaN ? .infinity : max(worst, excess)
        }
    }
}
