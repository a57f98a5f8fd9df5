/// A cache file: a header of 4,096 bytes, the rows of pixels, and what is known of them (`CacheContent`).
///
/// The header's numbers are little-endian: magic, format version, bytes of a row, rows, bytes of the content, its
/// `PixelHash`, and the `PixelHash` of all these. Each row is checked by the hash in its record.
struct CacheHeader: Equatable {
    /// Rows begin at a page, as mapping wants it.
    static let bytes = 4096
    private static let magic: UInt64 = 0x5850_444C_4954_5344

    var rowBytes: Int
    var rows: Int
    var contentBytes: Int
    var contentHash: UInt64

    var fileBytes: Int { Self.bytes + rows * rowBytes + contentBytes }
    var contentOffset: Int { Self.bytes + rows * rowBytes }

    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.put(Self.magic)
        writer.put(UInt64(DecodeSettings.formatVersion))
        writer.put(UInt64(rowBytes))
        writer.put(UInt64(rows))
        writer.put(UInt64(contentBytes))
        writer.put(contentHash)
        writer.put(writer.bytes.withUnsafeBytes { PixelHash.of($0) })
        return writer.bytes + [UInt8](repeating: 0, count: Self.bytes - writer.bytes.count)
    }

    init(rowBytes: Int, rows: Int, content: [UInt8]) {
        self.rowBytes = rowBytes
        self.rows = rows
        contentBytes = content.count
        contentHash = content.withUnsafeBytes { PixelHash.of($0) }
    }

    /// `nil` where the bytes are not a header of this version, or promise what cannot be.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.bytes else { return nil }
        let fields = bytes.withUnsafeBytes { raw in
            (0..<7).map { UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)) }
        }
        guard fields[0] == Self.magic, fields[1] == UInt64(DecodeSettings.formatVersion),
            fields[6] == bytes[..<48].withUnsafeBytes({ PixelHash.of($0) }),
            let rowBytes = Int(exactly: fields[2]), let rows = Int(exactly: fields[3]), rows <= Int(Int32.max),
            let contentBytes = Int(exactly: fields[4]), contentBytes <= 1 << 40,
            rowBytes > 0, rowBytes <= 1 << 31
        else { return nil }
        self.rowBytes = rowBytes
        self.rows = rows
        self.contentBytes = contentBytes
        contentHash = fields[5]
    }
}

/// What is known of the rows of a cache file: enough to lay out, split and check the dataset without its source.
///
/// Of the inventory, what the content's hash covers: images, tables, and files that cannot be used. Other files and
/// notes differ between sources of the same content (`SourceRemarks`).
struct CacheContent: Equatable, Sendable {
    var inventory: Inventory
    var table: RowTable

    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        let images = inventory.files.filter { $0.row >= 0 }
        writer.put(UInt32(inventory.rows))
        writer.put(UInt32(images.count))
        for file in images {
            writer.put(file.row)
            writer.put(file.path)
        }
        writer.put(UInt32(inventory.tables.count))
        for table in inventory.tables {
            writer.put(table.path)
            writer.put(UInt32(table.bytes.count))
            writer.put(table.bytes)
        }
        writer.put(UInt32(inventory.unusable.count))
        for file in inventory.unusable {
            writer.put(file.path)
            writer.put(file.reason)
        }
        writer.put(UInt32(table.records.count))
        for record in table.records { record.put(to: &writer) }
        writer.put(UInt32(table.failures.count))
        for (row, reason) in table.failures.sorted(by: { $0.key < $1.key }) {
            writer.put(row)
            writer.put(reason)
        }
        return writer.bytes
    }

    init(inventory: Inventory, table: RowTable) {
        self.inventory = inventory
        self.table = table
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(ByteReader.Damaged) {
        var reader = ByteReader(bytes)
        inventory = Inventory()
        inventory.rows = Int(try reader.get(UInt32.self))
        for _ in 0..<(try reader.count(of: 8)) {
            let row = try reader.get(Int32.self)
            inventory.files.append(ScannedFile(path: try reader.text(), row: row))
        }
        for _ in 0..<(try reader.count(of: 8)) {
            let path = try reader.text()
            inventory.tables.append(TableFile(path: path, bytes: try reader.bytes(count: try reader.count(of: 1))))
        }
        for _ in 0..<(try reader.count(of: 8)) {
            let path = try reader.text()
            inventory.unusable.append(LeftOutFile(path: path, reason: try reader.text()))
        }
        table = RowTable()
        for _ in 0..<(try reader.count(of: ImageRecord.encodedBytes)) {
            table.records.append(try ImageRecord(from: &reader))
        }
        for _ in 0..<(try reader.count(of: 8)) {
            let row = try reader.get(Int32.self)
            table.failures[row] = try reader.text()
        }
        let rows = table.records.count
        guard reader.isAtEnd, inventory.rows == rows, inventory.files.allSatisfy({ $0.row >= 0 && $0.row < rows })
        else { throw ByteReader.Damaged() }
    }
}

extension ImageRecord {
    static let encodedBytes = 80

    func put(to writer: inout ByteWriter) {
        writer.put(hash)
        writer.put(perceptual)
        for lane in 0..<4 { writer.put(sums[lane]) }
        for lane in 0..<4 { writer.put(squares[lane]) }
    }

    init(from reader: inout ByteReader) throws(ByteReader.Damaged) {
        self.init()
        hash = try reader.get()
        perceptual = try reader.get()
        for lane in 0..<4 { sums[lane] = try reader.get() }
        for lane in 0..<4 { squares[lane] = try reader.get() }
    }
}
