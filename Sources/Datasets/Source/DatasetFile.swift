import Glibc
import Manifests

/// An opened dataset: a folder, or an archive whose first bytes have been recognised. Closed when it goes away.
final class DatasetFile {
    enum Kind: Equatable {
        case folder
        case archive(ArchiveFormat)
        /// A file in a folder, of any kind.
        case member
    }

    let path: String
    let descriptor: Int32
    let kind: Kind
    /// Of a file.
    let bytes: Int
    private let stamp: Stamp

    /// Without roots (see `InputFile.open`) the path itself may be a link, which whoever named it has chosen; links
    /// further inside are never followed.
    init(_ path: String, below roots: [String]?) throws(DatasetError) {
        let opened = InputFile.open(path, below: roots)
        guard opened >= 0 else { throw .unreadable(path, errno: errno) }
        do throws(DatasetError) {
            var status = stat()
            guard fstat(opened, &status) == 0 else { throw .unreadable(path, errno: errno) }
            switch status.st_mode & S_IFMT {
            case S_IFDIR:
                kind = .folder
                bytes = 0
            case S_IFREG:
                kind = .archive(try ArchiveFormat.recognise(try Self.head(of: opened, path), path: path))
                bytes = Int(status.st_size)
            default:
                throw DatasetError(
                    "dataset.unreadable", "neither a folder nor an archive, but a device, fifo or socket", at: path,
                    fix: "give a folder, or a .zip, .tar, .tar.gz or .tar.zst archive of one")
            }
            stamp = Stamp(status)
        } catch {
            close(opened)
            throw error
        }
        self.path = path
        descriptor = opened
    }

    /// A file of a folder, no link, that had `bytes` bytes when the folder was listed.
    init(entry name: [CChar], of folder: Int32, path: String, bytes: Int) throws(DatasetError) {
        let opened = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard opened >= 0 else {
            throw errno == ENOENT || errno == ELOOP ? .changed(path) : .unreadable(path, errno: errno)
        }
        var status = stat()
        guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) == bytes else {
            close(opened)
            throw .changed(path)
        }
        kind = .member
        self.bytes = bytes
        stamp = Stamp(status)
        self.path = path
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Which archive it is, by its first bytes.
    func archiveFormat() throws(DatasetError) -> ArchiveFormat {
        if case .archive(let format) = kind { return format }
        return try ArchiveFormat.recognise(try Self.head(of: descriptor, path), path: path)
    }

    /// Whether an archive is still what it was when it was opened, as far as its status tells.
    func checkUnchanged() throws(DatasetError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path, errno: errno) }
        guard Stamp(status) == stamp else { throw .changed(path) }
    }

    private static func head(of descriptor: Int32, _ path: String) throws(DatasetError) -> [UInt8] {
        var head = [UInt8](repeating: 0, count: ArchiveFormat.signatureBytes)
        var count = 0
        while count < head.count {
            let got = head.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + count, $0.count - count, count)
            }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw .unreadable(path, errno: errno) }
            if got == 0 { break }
            count += got
        }
        return Array(head[..<count])
    }

    private struct Stamp: Equatable {
        var size, seconds, nanoseconds: Int

        init(_ status: stat) {
            size = Int(status.st_size)
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
        }
    }
}

extension DatasetError {
    static func changed(_ path: String) -> DatasetError {
        DatasetError(
            "dataset.changed", "changed while it was being read", at: path,
            fix: "wait until whatever writes it has finished, then start the job again")
    }
}
