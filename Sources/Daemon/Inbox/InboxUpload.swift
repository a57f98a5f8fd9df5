import Foundation

/// A file that comes piece by piece, from a browser say, and appears in the inbox when it is whole: written under a
/// hidden name and then renamed, as the inbox asks of every copying program.
///
/// Used by one task at a time. What is neither finished nor abandoned is removed at the next start of the status page.
public final class InboxUpload {
    /// Why a file is not taken, for the user.
    public struct Refusal: Error, CustomStringConvertible {
        public enum Reason: Sendable { case name, exists, space, incomplete }

        public var reason: Reason
        public var description: String
    }

    private let target: String
    private let temporary: String
    private let expected: Int?
    private var descriptor: Int32
    private var written = 0

    private static let prefix = ".distilld-upload-"

    /// - Parameters:
    ///   - name: as it shall be called in the inbox.
    ///   - bytes: its size, where it is known.
    /// - Throws: `Refusal`, `FileError`.
    public init(name: String, bytes: Int?, inbox: String) throws {
        try Self.check(name)
        target = Path.join(inbox, name)
        guard try !FileStatus.exists(target) else { throw Self.taken(name) }
        let free = try FreeSpace.of(inbox).available
        if let bytes, bytes > free {
            throw Refusal(
                reason: .space,
                description: "\(name.shown) has \(bytes) bytes, but the disk of the inbox has only \(free) left. Free "
                    + "space there, or cancel jobs.")
        }
        expected = bytes
        temporary = Path.join(inbox, "\(Self.prefix)\(UUID().uuidString).part")
        descriptor = Glibc.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o664)
        guard descriptor >= 0 else { throw FileError("create", temporary) }
    }

    deinit { abandon() }

    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        precondition(descriptor >= 0, "the upload has ended")
        try FileBytes.writeAll(bytes, to: descriptor, temporary)
        written += bytes.count
    }

    /// Puts the file into its place, durably.
    /// - Throws: `Refusal` where it is not whole, or another has come there meanwhile; `FileError`.
    public func finish() throws {
        precondition(descriptor >= 0, "the upload has ended")
        if let expected, expected != written {
            throw Refusal(
                reason: .incomplete,
                description: "Only \(written) of \(expected) bytes came: the connection broke off. Try again.")
        }
        guard fsync(descriptor) == 0 else { throw FileError("write to disk", temporary) }
        // A link is never put in the place of another file, as a rename would be.
        if link(temporary, target) == 0 {
            abandon()
        } else if errno == EEXIST {
            throw Self.taken(Path.name(of: target))
        } else {
            // File systems without hard links.
            guard try !FileStatus.exists(target) else { throw Self.taken(Path.name(of: target)) }
            guard rename(temporary, target) == 0 else { throw FileError("rename to", target) }
            abandon()
        }
        try Folder.sync(Path.folder(of: target))
    }

    /// Removes what has been written.
    public func abandon() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
        unlink(temporary)
    }

    /// Removes what broken connections of an earlier process have left in the inbox.
    public static func removeLeftovers(in inbox: String) throws {
        for name in try Folder.names(of: inbox) where name.hasPrefix(prefix) {
            try FileBytes.removeFile(Path.join(inbox, name))
        }
    }

    // MARK: -

    private static func check(_ name: String) throws {
        func refuse(_ why: String) -> Refusal {
            Refusal(reason: .name, description: "\"\(name.shown)\" cannot be taken: \(why)")
        }
        let isPlain =
            !name.isEmpty && name.utf8.count <= Int(NAME_MAX) && !name.utf8.contains(UInt8(ascii: "/"))
            && !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard isPlain else { throw refuse("it is no name of a file.") }
        guard !UnfinishedName.matches(name) else {
            throw refuse("names that begin with a dot, or end like an unfinished copy, are passed over by the inbox.")
        }
        guard DroppedName.isManifest(name) || DroppedName.isArchive(name) || name.lowercased().hasSuffix(".onnx") else {
            throw refuse(
                "the inbox takes a dataset (.zip, .tar, .tar.gz, .tar.zst), a manifest (NAME.job.yaml) or a teacher "
                    + "(.onnx). Pack a folder of images into an archive first.")
        }
    }

    private static func taken(_ name: String) -> Refusal {
        Refusal(
            reason: .exists,
            description: "There is a \(name.shown) in the inbox already. Rename yours, or remove the other first.")
    }
}
