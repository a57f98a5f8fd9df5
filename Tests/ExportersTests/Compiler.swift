import Exporters
import Foundation

/// C compilers, where the machine has them.
enum Compiler {
    static let gcc = find("gcc")
    static let clang = find("clang")
    static let arm = find("arm-none-eabi-gcc")

    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    static func find(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// From pixels on standard input to the logits of each image, as integers and as real numbers.
    static func predictions(_ name: String) -> String {
        """
        #include <stdio.h>
        int main(void) {
            static uint8_t pixels[\(name)_WIDTH * \(name)_HEIGHT * \(name)_CHANNELS];
            static int8_t logits[\(name)_CLASSES];
            static float real[\(name)_CLASSES];
            while (fread(pixels, sizeof pixels, 1, stdin) == 1) {
                \(name)_predict(pixels, logits);
                for (int i = 0; i < \(name)_CLASSES; i++) real[i] = \(name)_REAL(logits[i]);
                fwrite(logits, sizeof logits, 1, stdout);
                fwrite(real, sizeof real, 1, stdout);
            }
            return 0;
        }
        """
    }

    /// Writes the class names, each with the zero behind it.
    static func labels(_ name: String) -> String {
        """
        #include <stdio.h>
        int main(void) {
            for (int i = 0; i < \(name)_CLASSES; i++) printf("%s%c", \(name)_labels[i], 0);
            return 0;
        }
        """
    }

    /// From pixels on standard input to the logits of each image by the twin in single precision.
    static func singlePredictions(_ name: String) -> String {
        """
        #include <stdio.h>
        int main(void) {
            static uint8_t pixels[\(name)_WIDTH * \(name)_HEIGHT * \(name)_CHANNELS];
            static float logits[\(name)_CLASSES];
            while (fread(pixels, sizeof pixels, 1, stdin) == 1) {
                \(name)_predict_f(pixels, logits);
                fwrite(logits, sizeof logits, 1, stdout);
            }
            return 0;
        }
        """
    }

    /// - Parameter single: with the twin in single precision.
    static func write(_ file: CExporter, main: String, single: Bool = false, to folder: TemporaryFolder) throws {
        try Data(file.text.utf8).write(to: folder.url.appendingPathComponent("student.h"))
        let twin = single ? "#define \(file.name)_WITH_FLOAT\n" : ""
        let text = "\(twin)#define \(file.name)_IMPLEMENTATION\n#include \"student.h\"\n\(main)\n"
        try Data(text.utf8).write(to: folder.url.appendingPathComponent("main.c"))
    }

    /// - Returns: the program's path.
    ///
    /// - Parameter libraries: behind the file, where linkers want them.
    static func compile(
        _ compiler: String, _ arguments: [String], behind libraries: [String] = [], in folder: TemporaryFolder
    ) throws -> String {
        let output = folder.path("made")
        _ = try run(compiler, arguments + [folder.path("main.c"), "-o", output] + libraries, input: Data())
        return output
    }

    /// Bytes of code and constants, and of variables.
    static func sections(_ object: String) throws -> (flash: Int, memory: Int) {
        guard let size = find("arm-none-eabi-size") else { throw Failed(description: "no arm-none-eabi-size") }
        let lines = String(decoding: try run(size, [object], input: Data()), as: UTF8.self).split(separator: "\n")
        let numbers = lines[1].split(whereSeparator: \.isWhitespace).prefix(3).compactMap { Int($0) }
        return (numbers[0] + numbers[1], numbers[1] + numbers[2])
    }

    static func run(_ program: String, _ arguments: [String] = [], input: Data) throws -> Data {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("input")
        try input.write(to: file)
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: file)
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let found = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(description: String(decoding: complaint, as: UTF8.self))
        }
        return found
    }
}
