import Foundation

/// What a disk holds after the power has failed: names and bytes below one folder, made from what was there at first and
/// the operations since.
///
/// The model asks more of a program than most file systems do. Changes of names reach the disk in their order, all up to
/// some moment; only a sync of a folder is sure to bring them there up to its own last change. What is in a file is there
/// for sure when that file has been synced; of later writes any first part may be there, or none. A file's sync says
/// nothing of its name (POSIX, fsync; Pillai et al. 2014, "All file systems are not created equal").
struct Disk {
    private final class Node {
        let isFolder: Bool
        var children: [String: Node] = [:]
        var durable: Data
        /// Since the last sync.
        var volatile: [DiskOperation] = []
        var target: String?

        init(isFolder: Bool, durable: Data = Data()) {
            self.isFolder = isFolder
            self.durable = durable
        }

        /// What is there when the first `count` of the writes that were not synced are.
        func content(after count: Int) -> Data {
            var data = durable
            for operation in volatile.prefix(count) { Self.apply(operation, to: &data) }
            return data
        }

        func sync() {
            durable = content(after: volatile.count)
            volatile = []
        }

        private static func apply(_ operation: DiskOperation, to data: inout Data) {
            let end = operation.offset + operation.data.count
            if operation.kind == .resize {
                if end < data.count { data = data.prefix(end) } else { data.append(Data(count: end - data.count)) }
                return
            }
            if data.count < end { data.append(Data(count: end - data.count)) }
            data.replaceSubrange(operation.offset..<end, with: operation.data)
        }
    }

    struct Unfit: Error, CustomStringConvertible {
        var description: String
    }

    let root: String
    private let start: [Entry]

    private struct Entry {
        var path: String
        var inode: UInt64
        var data: Data?
    }

    /// Takes what is below a folder now for the beginning, safe on the disk.
    init(of root: String) throws {
        self.root = root
        start = try Self.list(root)
    }

    private static func list(_ root: String) throws -> [Entry] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: root).sorted()
        return try ([""] + names).map { name in
            let path = name.isEmpty ? root : "\(root)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { throw Unfit(description: "\(path): errno \(errno)") }
            let isFile = status.st_mode & S_IFMT == S_IFREG
            let data = isFile ? try Data(contentsOf: URL(fileURLWithPath: path)) : nil
            return Entry(path: path, inode: UInt64(status.st_ino), data: data)
        }
    }

    // MARK: After a power failure

    /// What may be on the disk when the power fails right after some of the operations.
    ///
    /// - Parameters:
    ///   - done: operations that were called.
    ///   - choose: of so many possibilities (0 ..< n), the one that came to be.
    /// - Returns: paths with their bytes, folders without.
    func state(after done: ArraySlice<DiskOperation>, choose: (Int) -> Int) throws -> [(path: String, data: Data?)] {
        let safe = try namesThatAreSafe(done)
        let last = safe + choose(done.count - safe + 1)
        let (tree, nodes) = try build(done, names: last)
        var contents: [ObjectIdentifier: Data] = [:]
        for node in nodes where !node.isFolder {
            let count = node.volatile.count
            // Nothing, all, or something between.
            let kept = [0, count, choose(count + 1)][choose(3)]
            contents[ObjectIdentifier(node)] = node.content(after: kept)
        }
        return flat(tree) { contents[ObjectIdentifier($0)] ?? $0.durable }
    }

    /// What is there when everything has reached the disk.
    func complete(after done: ArraySlice<DiskOperation>) throws -> [(path: String, data: Data?)] {
        let (tree, _) = try build(done, names: done.count)
        return flat(tree) { $0.content(after: $0.volatile.count) }
    }

    private func flat(_ tree: Node, _ content: (Node) -> Data) -> [(path: String, data: Data?)] {
        var found: [(path: String, data: Data?)] = []
        func add(_ node: Node, _ path: String) {
            found.append((path, node.isFolder ? nil : content(node)))
            for (name, child) in node.children.sorted(by: { $0.key < $1.key }) { add(child, "\(path)/\(name)") }
        }
        for (name, child) in tree.children.sorted(by: { $0.key < $1.key }) { add(child, "\(root)/\(name)") }
        return found
    }

    /// Changes of names up to here are on the disk for sure.
    private func namesThatAreSafe(_ done: ArraySlice<DiskOperation>) throws -> Int {
        var latest: [ObjectIdentifier: Int] = [:]
        var safe = 0
        _ = try build(done, names: done.count) { index, touched, synced in
            for folder in touched { latest[ObjectIdentifier(folder)] = index + 1 }
            if let synced { safe = max(safe, latest[ObjectIdentifier(synced)] ?? 0) }
        }
        return safe
    }

    /// - Parameters:
    ///   - names: changes of names at or after this place are left out.
    ///   - look: gets each operation's place, the folders that it changes, and the folder that it syncs.
    private func build(
        _ done: ArraySlice<DiskOperation>, names: Int, look: (Int, [Node], Node?) -> Void = { _, _, _ in }
    ) throws -> (tree: Node, all: [Node]) {
        let tree = Node(isFolder: true)
        var all = [tree]
        var byInode: [UInt64: Node] = [:]
        for entry in start {
            let node = entry.path == root ? tree : Node(isFolder: entry.data == nil, durable: entry.data ?? Data())
            byInode[entry.inode] = node
            guard entry.path != root else { continue }
            all.append(node)
            let place = try self.place(entry.path, in: tree)
            place.folder.children[place.name] = node
        }
        for (index, operation) in done.enumerated() {
            if operation.isOfNames {
                var made: Node?
                if [.create, .makeFolder, .symlink].contains(operation.kind) {
                    let node = Node(isFolder: operation.kind == .makeFolder)
                    if operation.kind == .symlink { node.target = operation.other }
                    byInode[operation.inode] = node
                    all.append(node)
                    made = node
                }
                guard index < names else { continue }
                look(index, try change(operation, made, in: tree), nil)
                continue
            }
            // Of a file that was removed while it was open, nothing will be seen; but its writes are told.
            guard let node = byInode[operation.inode] else {
                throw Unfit(description: "\(operation.kind) of inode \(operation.inode), which nobody made")
            }
            switch operation.kind {
            case .sync where node.isFolder: look(index, [], node)
            case .sync: node.sync()
            default: node.volatile.append(operation)
            }
        }
        return (tree, all)
    }

    /// - Returns: the folders that have changed.
    private func change(_ operation: DiskOperation, _ made: Node?, in tree: Node) throws -> [Node] {
        let place = try self.place(operation.path, in: tree)
        let old = place.folder.children[place.name]
        switch operation.kind {
        case .create, .makeFolder, .symlink:
            place.folder.children[place.name] = made
            return [place.folder]
        case .unlink, .removeFolder:
            guard old != nil else { throw Unfit(description: "\(operation.path) is removed and was not there") }
            place.folder.children[place.name] = nil
            return [place.folder]
        default:
            guard let old else { throw Unfit(description: "\(operation.path) is moved and was not there") }
            let target = try self.place(operation.other, in: tree)
            if operation.kind == .rename { place.folder.children[place.name] = nil }
            target.folder.children[target.name] = old
            return [place.folder, target.folder]
        }
    }

    private func place(_ path: String, in tree: Node) throws -> (folder: Node, name: String) {
        let below = path.dropFirst(root.count).split(separator: "/").map(String.init)
        var folder = tree
        for name in below.dropLast() {
            guard let next = folder.children[name] else {
                throw Unfit(description: "\(path): there is no folder \(name)")
            }
            folder = next
        }
        guard let name = below.last else { throw Unfit(description: "\(path) has no name") }
        return (folder, name)
    }

    // MARK: On the real disk

    /// Makes the folder hold exactly this.
    func restore(_ state: [(path: String, data: Data?)]) throws {
        let files = FileManager.default
        for name in try files.contentsOfDirectory(atPath: root) { try files.removeItem(atPath: "\(root)/\(name)") }
        for (path, data) in state {
            if let data {
                try data.write(to: URL(fileURLWithPath: path))
            } else {
                try files.createDirectory(atPath: path, withIntermediateDirectories: false)
            }
        }
    }

    /// Paths whose bytes are not what the operations come to: the recorder has missed something there.
    func differences(from state: [(path: String, data: Data?)]) throws -> [String] {
        let there = try Self.list(root).dropFirst()
        let wanted = Dictionary(uniqueKeysWithValues: state.map { ($0.path, $0.data) })
        let found = Dictionary(uniqueKeysWithValues: there.map { ($0.path, $0.data) })
        return Set(wanted.keys).union(found.keys).sorted().filter { path in
            guard let one = wanted[path], let other = found[path] else { return true }
            return one != other
        }
    }
}
