import CInjection
import Foundation

/// One change of the disk as record.c has written it down.
struct DiskOperation {
    enum Kind: UInt32 {
        case create = 1
        case write, resize, rename, unlink, link, symlink, makeFolder, removeFolder, sync
    }

    var kind: Kind
    /// Absolute; of a rename or link the old one.
    var path: String
    /// Of a rename or link the new one, of a symbolic link what it points to.
    var other: String
    /// Of what is made, written, resized or synced.
    var inode: UInt64
    /// Where bytes go, or how long the file becomes.
    var offset: Int
    var data: Data

    /// Whether it changes names, and not what is in a file.
    var isOfNames: Bool {
        switch kind {
        case .write, .resize, .sync: false
        case .create, .rename, .unlink, .link, .symlink, .makeFolder, .removeFolder: true
        }
    }

    /// All operations in a log of record.c; a last one that is cut off is left out.
    static func all(in log: String) throws -> [DiskOperation] {
        let data = try Data(contentsOf: URL(fileURLWithPath: log), options: .alwaysMapped)
        var operations: [DiskOperation] = []
        var place = data.startIndex
        func number<T: FixedWidthInteger>(_ offset: Int, _: T.Type) -> Int {
            data[(place + offset)...].withUnsafeBytes { Int($0.loadUnaligned(as: T.self)) }
        }
        while place + 40 <= data.endIndex {
            let (kind, path, other) = (number(0, UInt32.self), number(4, UInt32.self), number(8, UInt32.self))
            let (inode, offset, count) = (number(16, UInt64.self), number(24, UInt64.self), number(32, UInt64.self))
            let end = place + 40 + path + other + count
            guard end <= data.endIndex else { break }
            guard let kind = Kind(rawValue: UInt32(kind)) else {
                throw Site.Trouble(description: "\(log) holds an operation of kind \(kind)")
            }
            let texts = data[(place + 40)...]
            operations.append(
                DiskOperation(
                    kind: kind, path: String(decoding: texts.prefix(path), as: UTF8.self),
                    other: String(decoding: texts.dropFirst(path).prefix(other), as: UTF8.self),
                    inode: UInt64(inode), offset: offset, data: Data(texts.dropFirst(path + other).prefix(count))))
            place = end
        }
        return operations
    }
}
