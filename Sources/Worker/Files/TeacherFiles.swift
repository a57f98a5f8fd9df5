import Foundation
import Manifests

/// The files that a manifest names beside its dataset, opened: until this goes away they are what they were, whatever is
/// put in their places.
final class TeacherFiles {
    private var descriptors: [Int32] = []
    /// A path to each, by the path as written.
    private(set) var paths: [String: String] = [:]

    /// - Throws: a `JobFailure` with the code `teacher.file` for what cannot be opened.
    init(_ files: [String: String], below roots: [String]?) throws(JobFailure) {
        for (name, path) in files.sorted(by: { $0.key < $1.key }) {
            let descriptor = InputFile.open(path, below: roots)
            guard descriptor >= 0 else {
                throw JobFailure(
                    code: "teacher.file", what: "the file cannot be opened: \(String(cString: strerror(errno)))",
                    location: name, fix: "put the file itself, not a link, where the manifest names it")
            }
            descriptors.append(descriptor)
            // Opening this opens the same file.
            paths[name] = "/proc/self/fd/\(descriptor)"
        }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}
