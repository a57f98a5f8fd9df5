import Foundation
import Manifests

/// The files that a manifest names beside its dataset, opened: until this goes away they are what they were, whatever is
/// put in their places.
final class TeacherFiles {
    private var descriptors: [Int32] = []
    /// A path to each, by the path as written.
    private var paths: [String: String] = [:]

    /// - Throws: a `JobFailure` with the code `teacher.file` for what is there and cannot be opened.
    init(_ files: [String: String], below roots: [String]?) throws(JobFailure) {
        for (name, path) in files.sorted(by: { $0.key < $1.key }) {
            let descriptor = InputFile.open(path, below: roots)
            // Whoever needs one that is not there says so.
            guard descriptor >= 0 || errno == ENOENT else {
                throw JobFailure(
                    code: "teacher.file", what: "the file cannot be opened: \(String(cString: strerror(errno)))",
                    location: name, fix: "put the file itself, not a link, where the manifest names it")
            }
            if descriptor >= 0 { descriptors.append(descriptor) }
            // Opening this opens the same file.
            paths[name] = "/proc/self/fd/\(descriptor)"
        }
    }

    /// Keeps them open while `body` runs.
    func whileOpen<Value>(_ body: ([String: String]) throws -> Value) rethrows -> Value {
        try withExtendedLifetime(self) { try body(paths) }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}
