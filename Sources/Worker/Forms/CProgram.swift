import Exporters
import Foundation

/// The student's C file, compiled by this machine's compiler and run. Its files go away with it.
final class CProgram {
    private let folder: URL
    private let program: URL

    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    /// - Returns: `nil` where this machine has no C compiler that makes a program that runs.
    /// - Throws: `Failed` where the compiler refuses the file, with what it says.
    static func compile(_ text: String, name: String) throws -> CProgram? {
        guard let compiler = compiler() else { return nil }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("distilld-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let made = CProgram(folder)
        guard made.isUsable(compiler) else { return nil }
        try Data(text.utf8).write(to: folder.appendingPathComponent("student.h"))
        if let complaint = try made.build(main(name), with: compiler) { throw Failed(description: complaint) }
        return made
    }

    private init(_ folder: URL) {
        self.folder = folder
        program = folder.appendingPathComponent("program")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Whether a program comes of it that this process may run: services are often kept from that.
    private func isUsable(_ compiler: String) -> Bool {
        let text = "#include <stdint.h>\n#include <stdio.h>\nint main(void) { return 0; }\n"
        do {
            guard try build(text, with: compiler) == nil else { return false }
            return try run(program.path, [], input: nil).status == 0
        } catch {
            // It could not even be started.
            return false
        }
    }

    /// The logits of images, and the time that one takes.
    ///
    /// - Parameter pixels: N,H,W,C.
    func predict(_ pixels: Data, images: Int) throws -> (logits: [Int8], seconds: Double) {
        let clock = ContinuousClock()
        let start = clock.now
        let output = try answers([], to: pixels)
        let seconds = (clock.now - start) / .seconds(1)
        return (output.map { Int8(bitPattern: $0) }, seconds / Double(max(images, 1)))
    }

    /// The logits of images, by the twin in single precision.
    ///
    /// - Parameter pixels: N,H,W,C.
    func predictSingle(_ pixels: Data) throws -> [Float] {
        try answers(["twin"], to: pixels).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    /// The integers' logits of images as real numbers.
    ///
    /// - Parameter pixels: N,H,W,C.
    func predictReal(_ pixels: Data) throws -> [Float] {
        try answers(["real"], to: pixels).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    func labels() throws -> [String] {
        try answers(["labels"], to: Data()).split(separator: 0, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private func answers(_ arguments: [String], to pixels: Data) throws -> Data {
        let input = folder.appendingPathComponent("pixels")
        try pixels.write(to: input)
        let result = try run(program.path, arguments, input: input)
        guard result.status == 0 else { throw Failed(description: "the program ended with \(result.status)") }
        return result.output
    }

    /// - Returns: what the compiler complains of, `nil` where it made the program.
    private func build(_ text: String, with compiler: String) throws -> String? {
        let source = folder.appendingPathComponent("main.c")
        try Data(text.utf8).write(to: source)
        let result = try run(
            compiler, ["-std=c99", "-O2", source.path, "-o", program.path], input: nil)
        return result.status == 0 ? nil : result.complaint
    }

    private static func main(_ name: String) -> String {
        """
        #include <stdio.h>
        #define \(name)_IMPLEMENTATION
        #define \(name)_WITH_FLOAT
        #include "student.h"
        int main(int count, char **arguments) {
            static uint8_t pixels[\(name)_WIDTH * \(name)_HEIGHT * \(name)_CHANNELS];
            static int8_t logits[\(name)_CLASSES];
            static float real[\(name)_CLASSES];
            const char what = count > 1 ? arguments[1][0] : 'i';
            for (int i = 0; what == 'l' && i < \(name)_CLASSES; i++) printf("%s%c", \(name)_labels[i], 0);
            while (fread(pixels, sizeof pixels, 1, stdin) == 1)
                if (what == 't') {
                    \(name)_predict_f(pixels, real);
                    fwrite(real, sizeof real, 1, stdout);
                } else {
                    \(name)_predict(pixels, logits);
                    for (int i = 0; i < \(name)_CLASSES; i++) real[i] = \(name)_REAL(logits[i]);
                    fwrite(what == 'r' ? (void *)real : logits, what == 'r' ? sizeof real : sizeof logits, 1, stdout);
                }
            return 0;
        }
        """
    }

    private static func compiler() -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        return ["cc", "gcc", "clang"].lazy.flatMap { name in folders.map { "\($0)/\(name)" } }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private func run(
        _ program: String, _ arguments: [String], input: URL?
    ) throws -> (status: Int32, output: Data, complaint: String) {
        let output = folder.appendingPathComponent("output")
        let errors = folder.appendingPathComponent("errors")
        let status = try OtherProgram.run(
            program, arguments, input: input?.path ?? "/dev/null", output: output.path, errors: errors.path)
        let complaint = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        return (status, try Data(contentsOf: output), String(complaint.prefix(2000)))
    }
}
