/// A binary file of CIFAR-10 or CIFAR-100: for each image its label, or its coarse and fine label, a byte each, and 32 x
/// 32 bytes of red, then green, then blue. (A. Krizhevsky: Learning multiple layers of features from tiny images)
struct CIFARImages: RecordImages {
    private static let side = 32
    private static let pixels = 3 * side * side
    /// Beside the images: a name a line.
    private static let namesOfTen = "batches.meta.txt"
    private static let namesOfHundred = "fine_label_names.txt"

    let path: String
    let split: Split?
    private let bytes: [UInt8]
    private let labelBytes: Int

    var count: Int { bytes.count / (labelBytes + Self.pixels) }

    static func isNamed(_ name: String) -> Bool { labelBytes(name) != nil || isNames(name) }

    static func isNames(_ name: String) -> Bool { name == namesOfTen || name == namesOfHundred }

    private static func labelBytes(_ name: String) -> Int? {
        switch name {
        case "train.bin", "test.bin": 2
        case "test_batch.bin": 1
        default: name.hasPrefix("data_batch_") && name.hasSuffix(".bin") ? 1 : nil
        }
    }

    init(_ member: Member) throws(DatasetError) {
        guard let labels = Self.labelBytes(member.name) else { preconditionFailure("\(member.name) is not of CIFAR") }
        labelBytes = labels
        let record = labels + Self.pixels
        let rest = member.bytes.count % record
        guard rest == 0, !member.bytes.isEmpty else {
            throw member.error(
                "the file ends within a record: this one has \(rest.grouped) of \(record.grouped) bytes",
                byte: member.bytes.count - rest,
                fix: "copy or download the file again; a file of CIFAR-\(labels == 1 ? 10 : 100) is a multiple of "
                    + "\(record.grouped) bytes")
        }
        let classes = labels == 1 ? 10 : 100
        for start in stride(from: 0, to: member.bytes.count, by: record)
        where Int(member.bytes[start + labels - 1]) >= classes {
            throw member.error(
                "the label \(member.bytes[start + labels - 1]) is none of CIFAR-\(classes)", byte: start + labels - 1,
                fix: "give a binary file of CIFAR-\(classes) (\"binary version\"), not one for Python or Matlab")
        }
        path = member.path
        bytes = member.bytes
        split = member.name.hasPrefix("test") ? .test : .train
    }

    func label(_ index: Int) -> Int { Int(bytes[index * (labelBytes + Self.pixels) + labelBytes - 1]) }

    func image(_ index: Int) -> [UInt8] {
        bytes.withUnsafeBufferPointer { bytes in
            let first = index * (labelBytes + Self.pixels) + labelBytes
            return StoredPNG.encode(width: Self.side, height: Self.side, channels: 3) { x, y, channel in
                bytes[first + (channel * Self.side + y) * Self.side + x]
            }
        }
    }
}
