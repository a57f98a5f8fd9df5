import Compute
import Foundation
import Glibc

/// A dataset to try distilld with: drawn objects of ten kinds, `train/CLASS/` and `test/CLASS/`, PNG and JPEG files of
/// varied sizes. A function of the seed: the same bytes on any number of threads.
public enum ExampleDataset {
    /// Sorted by their bytes, as the reader of a dataset sorts them.
    public static let classes = DrawnObject.allCases.map(\.rawValue)
    public static let defaultTrainPerClass = 500
    public static let defaultTestPerClass = 100

    /// Makes the folders where they are missing, and never writes over a file.
    ///
    /// - Throws: `DatasetError` with the code `example.unwritable`; what has been written till then stays.
    public static func write(to directory: String, seed: UInt64, trainPerClass: Int, testPerClass: Int) throws {
        precondition(trainPerClass >= 0 && testPerClass >= 0)
        let splits = [(name: "train", count: trainPerClass), (name: "test", count: testPerClass)]
        var tasks: [Task] = []
        for (split, (name, count)) in splits.enumerated() where count > 0 {
            for object in classes.indices {
                let folder = "\(directory)/\(name)/\(classes[object])"
                try makeFolder(folder)
                for number in 0..<count {
                    tasks.append(Task(folder: folder, object: object, split: split, number: number))
                }
            }
        }
        let failures = FirstFailure()
        let pool = ThreadPool(threads: min(max(1, ProcessInfo.processInfo.activeProcessorCount), 256))
        pool.run(tasks.count) { index, _ in
            guard failures.none else { return }
            do throws(DatasetError) {
                try tasks[index].run(seed: seed)
            } catch {
                failures.note(error, of: index)
            }
        }
        if let failure = failures.first { throw failure }
    }

    /// One image to be drawn and written.
    private struct Task {
        var folder: String
        var object: Int
        var split: Int
        var number: Int

        func run(seed: UInt64) throws(DatasetError) {
            let image = ExampleImage(seed: seed, object: object, split: split, number: number)
            let digits = String(number + 1)
            let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
            try ExampleDataset.writeFile(
                "\(folder)/\(classes[object])-\(padded).\(image.isPNG ? "png" : "jpg")", image.bytes)
        }
    }

    /// Of the failures in many threads, the one of the first task.
    private final class FirstFailure: @unchecked Sendable {
        private let lock = NSLock()
        private var found: (index: Int, error: DatasetError)?

        var none: Bool { lock.withLock { found == nil } }
        var first: DatasetError? { lock.withLock { found?.error } }

        func note(_ error: DatasetError, of index: Int) {
            lock.withLock { if found.map({ index < $0.index }) ?? true { found = (index, error) } }
        }
    }

    /// Makes a folder and those above it, where they are missing.
    private static func makeFolder(_ path: String) throws(DatasetError) {
        if mkdir(path, 0o777) == 0 { return }
        var code = errno
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        if code == ENOENT, parent.utf8.count < path.utf8.count || !path.hasPrefix("/") {
            try makeFolder(parent)
            if mkdir(path, 0o777) == 0 { return }
            code = errno
        }
        var status = stat()
        if code == EEXIST && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR { return }
        throw unwritable("the folder cannot be made", path, errno: code)
    }

    private static func writeFile(_ path: String, _ bytes: [UInt8]) throws(DatasetError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw unwritable("the file cannot be made", path, errno: errno) }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, bytes.count - done) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let code = errno
                close(descriptor)
                throw unwritable("the file cannot be written", path, errno: code)
            }
            done += count
        }
        guard close(descriptor) == 0 else { throw unwritable("the file cannot be written", path, errno: errno) }
    }

    private static func unwritable(_ what: String, _ path: String, errno code: Int32) -> DatasetError {
        let fix =
            switch code {
            case EEXIST, ENOTDIR: "name a folder that does not exist yet: nothing is written over"
            case EACCES, EPERM, EROFS: "name a folder that you may write to"
            case ENOSPC, EDQUOT: "make room on the disk, or ask for fewer images"
            default: "check the path and the file system it is on"
            }
        return DatasetError("example.unwritable", "\(what): \(String(cString: strerror(code)))", at: path, fix: fix)
    }
}
