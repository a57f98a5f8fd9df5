import Glibc

/// Reads files of a listed folder, for one thread: the folder of the last file stays open for the next.
final class FolderFiles {
    enum Failure: Error {
        /// The system's error.
        case cannotRead(Int32)
        /// No longer what the listing saw.
        case changed
        case stopped(DatasetError)
    }

    private let top: DatasetFile
    private let listing: FolderListing
    private let buffer = ScratchBuffer()
    private var folder: Int32 = -1
    private var descriptor: Int32 = -1

    init(_ top: DatasetFile, _ listing: FolderListing) {
        self.top = top
        self.listing = listing
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The file's bytes, valid until the next call; fewer than `limit` only where the file is shorter.
    func read(_ file: FolderListing.File, limit: Int = .max) throws(Failure) -> UnsafeRawBufferPointer {
        try enter(file.folder)
        let opened = openat(descriptor, file.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard opened >= 0 else {
            throw errno == ENOENT || errno == ELOOP ? .changed : .cannotRead(errno)
        }
        defer { close(opened) }
        var status = stat()
        guard fstat(opened, &status) == 0 else { throw .cannotRead(errno) }
        guard status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) == file.bytes else { throw .changed }
        buffer.trim()
        let wanted = min(file.bytes, limit)
        let bytes: UnsafeMutablePointer<UInt8>
        do throws(ImageError) { bytes = try buffer.reserve(wanted) } catch { throw .cannotRead(ENOMEM) }
        var done = 0
        while done < wanted {
            let count = Glibc.read(opened, bytes + done, wanted - done)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .cannotRead(errno) }
            guard count > 0 else { throw .changed }
            done += count
        }
        return UnsafeRawBufferPointer(start: bytes, count: done)
    }

    private func enter(_ index: Int32) throws(Failure) {
        guard index != folder else { return }
        if descriptor >= 0 { close(descriptor) }
        (folder, descriptor) = (-1, -1)
        do throws(DatasetError) {
            descriptor = try FolderListing.open(listing.folders[Int(index)], in: top)
        } catch {
            throw .stopped(error)
        }
        folder = index
    }
}

extension FolderFiles.Failure {
    /// Fails the whole reading.
    func fatal(_ path: String) -> DatasetError? {
        switch self {
        case .cannotRead: nil
        case .changed: .changed(path)
        case .stopped(let error): error
        }
    }
}
