import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The bytes of a model's file.
enum ModelFile {
    /// - Parameter name: for messages.
    static func read(_ path: String, name: String) throws(ImportError) -> Data {
        func fail(_ reason: String, _ advice: String) -> ImportError {
            ImportError(file: name, reason: reason, advice: advice)
        }
        // Not blocking: opening a fifo that nobody writes to would wait for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw fail(
                "it cannot be opened: \(String(cString: strerror(errno)))",
                "Check that the file is there and that the daemon may read it.")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw fail("it is not a regular file", "Put the .onnx file itself there.")
        }
        let size = Int(status.st_size)
        guard size > 0 else { throw fail("it is empty", "Copy it again.") }
        guard size < ONNXModel.Limits.file else {
            throw fail("it has \(size) bytes, and an ONNX file has less than 2 GiB", "Use a smaller teacher.")
        }
        var data = Data(count: size)
        let count = data.withUnsafeMutableBytes { buffer in
            var filled = 0
            while filled < size {
                let got = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), size - filled)
                if got < 0 && errno == EINTR { continue }
                if got <= 0 { break }
                filled += got
            }
            return filled
        }
        guard count == size else {
            throw fail("it has \(size) bytes, of which \(count) could be read", "Copy it again.")
        }
        return data
    }
}
