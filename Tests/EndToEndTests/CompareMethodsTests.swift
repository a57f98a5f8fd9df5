import Foundation
import Testing

/// `Etc/compare-methods`, as a person calls it.
struct CompareMethodsTests {
    private static let python = ProcessInfo.processInfo.environment["DISTILLD_PYTHON"] ?? "/usr/bin/python3"

    private static var script: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Etc/compare-methods")
            .standardizedFileURL.path
    }

    private func compare(_ folder: URL, methods: String) throws -> (exitCode: Int32, table: String, errors: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.python)
        process.arguments = [
            Self.script, "--data", folder.appendingPathComponent("shapes").path, "--work",
            folder.appendingPathComponent("work").path, "--distilld", Distilld.path, "--seeds", "2", "--size", "16",
            "--teacher", "convnet3", "--student", "convnet3", "--teacher-epochs", "1", "--epochs", "1", "--batch", "16",
            "--threads", "1", "--methods", methods, "--output", folder.appendingPathComponent("table.md").path,
        ]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let table = try? String(contentsOf: folder.appendingPathComponent("table.md"), encoding: .utf8)
        return (process.terminationStatus, table ?? "", said)
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: python), "there is no Python 3"))
    func methodsAreComparedAndNothingIsDoneTwice() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("compare-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try SmallJob.writeDataset(to: folder.appendingPathComponent("shapes"))
        let first = try compare(folder, methods: "kd;at")
        #expect(first.exitCode == 0, "\(first.errors)")
        let rows = first.table.split(separator: "\n").filter { $0.hasPrefix("| ") }
        #expect(rows.map { $0.split(separator: "|")[0] } == [" method ", " teacher ", " scratch ", " kd ", " at "])
        #expect(rows[2].contains(" +0.0 "))
        #expect(first.errors.split(separator: "\n").count == 4)
        let second = try compare(folder, methods: "kd;at")
        #expect(second.exitCode == 0 && second.errors.isEmpty && second.table == first.table)
        // Teacher and baseline are those of the seed: one training more, and the others' figures as they were.
        let third = try compare(folder, methods: "kd;sp")
        #expect(third.errors.split(separator: "\n").count == 2)
        #expect(third.table.split(separator: "\n").filter { $0.hasPrefix("| ") }[..<4] == rows[..<4])
        let unknown = try compare(folder, methods: "kd;alchemy")
        #expect(unknown.exitCode == 1 && unknown.errors.contains("no such method: alchemy"))
    }
}
