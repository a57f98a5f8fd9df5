extension ArchiveReader {
    func read(into buffer: inout [UInt8]) throws(DatasetError) -> Int {
        let result = buffer.withUnsafeMutableBytes { bytes -> Result<Int, DatasetError> in
            do throws(DatasetError) { return .success(try read(into: bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Reads on in the current entry until there are `limit` bytes; memory is taken as they arrive.
    ///
    /// - Returns: whether the entry has ended.
    func append(to bytes: inout [UInt8], upTo limit: Int) throws(DatasetError) -> Bool {
        var part = [UInt8](repeating: 0, count: min(1 << 16, max(0, limit - bytes.count)))
        while bytes.count < limit {
            if limit - bytes.count < part.count { part.removeLast(part.count - (limit - bytes.count)) }
            let count = try read(into: &part)
            bytes += part[..<count]
            if count < part.count { return true }
        }
        return false
    }
}
