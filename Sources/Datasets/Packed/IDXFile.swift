/// A matrix of bytes with any number of dimensions, as MNIST and its like are distributed.
///
/// Two zeros, the type of the elements (8: bytes without sign), the number of dimensions, each dimension as a big-endian
/// 32-bit number, and the elements, the last dimension fastest. (Y. LeCun, C. Cortes, C. Burges: The MNIST database)
struct IDXFile {
    let member: Member
    let shape: [Int]
    /// Where the elements begin.
    let start: Int

    /// Whether a file is named as these are: `train-images-idx3-ubyte`, `t10k-labels.idx1-ubyte.gz`.
    static func isNamed(_ name: String) -> Bool {
        let plain = name.hasSuffix(".gz") ? name.dropLast(3) : name[...]
        return plain.contains("idx") && (plain.hasSuffix("-ubyte") || plain.hasSuffix(".ubyte"))
    }

    private static let types: [UInt8: String] = [
        9: "signed bytes", 11: "16-bit integers", 12: "32-bit integers", 13: "single floats", 14: "double floats",
    ]
    private static let again = "copy or download the file again, and compare its size with the original's"

    init(_ member: Member) throws(DatasetError) {
        let bytes = member.bytes
        guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0 else {
            throw member.error(
                bytes.starts(with: [0x1F, 0x8B])
                    ? "the file is compressed with gzip, and its name does not end in .gz"
                    : "an IDX file begins with two zeros, and this does not", byte: 0,
                fix: "give the file as it was downloaded, under its own name")
        }
        guard bytes[2] == 8 else {
            let found = Self.types[bytes[2]] ?? "an unknown type (\(bytes[2]))"
            throw member.error(
                "the elements are \(found), not bytes", byte: 2, fix: "save the images as bytes from 0 to 255, type 8")
        }
        let dimensions = Int(bytes[3])
        guard [1, 3, 4].contains(dimensions) else {
            throw member.error(
                "there are \(dimensions.of("dimension")): labels have 1, images 3 (count, rows, columns) or 4 "
                    + "(and channels)", byte: 3, fix: "save it with one of these shapes")
        }
        guard bytes.count >= 4 + 4 * dimensions else {
            throw member.error("the file ends within its header", byte: bytes.count, fix: Self.again)
        }
        shape = (0..<dimensions).map { i in
            bytes[4 + 4 * i..<8 + 4 * i].reduce(0) { $0 << 8 | Int($1) }
        }
        start = 4 + 4 * dimensions
        self.member = member
        var elements = 1
        for (axis, side) in shape.enumerated() {
            let (product, overflow) = elements.multipliedReportingOverflow(by: side)
            guard !overflow, side > 0 || axis == 0 else {
                throw member.error(
                    "the shape \(Self.text(shape)) cannot be", byte: 4 + 4 * axis, fix: Self.again)
            }
            elements = product
        }
        guard bytes.count - start == elements else {
            let each = elements / max(shape[0], 1)
            let (size, expected) = (bytes.count.grouped, (start + elements).grouped)
            throw bytes.count - start < elements
                ? member.error(
                    "the file ends in element \((bytes.count - start) / max(each, 1)) of \(shape[0].grouped): it has \(size) "
                        + "bytes, and by its header \(expected)", byte: bytes.count, fix: Self.again)
                : member.error(
                    "the file goes on behind its last element: it has \(size) bytes, and by its header \(expected)",
                    byte: start + elements, fix: Self.again)
        }
    }

    private static func text(_ shape: [Int]) -> String { shape.map { $0.grouped }.joined(separator: " x ") }
}

/// The images of one IDX file with the labels of another.
struct IDXImages: RecordImages {
    let path: String
    let split: Split?
    private let images: IDXFile
    private let labels: IDXFile
    private let width: Int
    private let height: Int
    private let channels: Int

    var count: Int { images.shape[0] }

    init(images: IDXFile, labels: IDXFile) throws(DatasetError) {
        let shape = images.shape
        channels = shape.count == 4 ? shape[3] : 1
        guard channels == 1 || channels == 3 else {
            throw images.member.error(
                "the images have \(channels) channels", byte: 16, fix: "save them with 1 (gray) or 3 (R, G, B)")
        }
        guard shape[0] == labels.shape[0] else {
            throw labels.member.error(
                "there are \(labels.shape[0].of("label")) for the \(shape[0].of("image")) of \(images.member.path)",
                byte: 4, fix: "give the two files of one download")
        }
        (height, width) = (shape[1], shape[2])
        (self.images, self.labels) = (images, labels)
        path = images.member.path
        split = Split(words: images.member.path)
    }

    func label(_ index: Int) -> Int { Int(labels.member.bytes[labels.start + index]) }

    func image(_ index: Int) -> [UInt8] {
        images.member.bytes.withUnsafeBufferPointer { bytes in
            let first = images.start + index * width * height * channels
            return StoredPNG.encode(width: width, height: height, channels: channels) { x, y, channel in
                bytes[first + (y * width + x) * channels + channel]
            }
        }
    }

    /// Images and labels by their names: `train-images-idx3-ubyte` goes with `train-labels-idx1-ubyte`.
    static func pair(_ members: [Member]) throws(DatasetError) -> [IDXImages] {
        var images: [(key: String, file: IDXFile)] = []
        var labels: [String: IDXFile] = [:]
        for member in members {
            let file = try IDXFile(member)
            let key = key(member)
            if file.shape.count > 1 { images.append((key, file)) } else { labels[key] = file }
        }
        var pairs: [IDXImages] = []
        for (key, file) in images {
            // Where there is one of each, names do not matter.
            guard let own = labels[key] ?? (images.count == 1 && labels.count == 1 ? labels.first?.value : nil) else {
                let name = FileNames.last(file.member.path).replacing("images", with: "labels")
                throw DatasetError(
                    "dataset.records", "there are no labels for these images", at: file.member.path,
                    fix: "put the file of their labels beside it, named like it: "
                        + name.replacing("idx\(file.shape.count)", with: "idx1"))
            }
            pairs.append(try IDXImages(images: file, labels: own))
        }
        return pairs
    }

    /// The path without what tells images from labels.
    private static func key(_ member: Member) -> String {
        let name = member.name.replacing("images", with: "").replacing("labels", with: "")
        return member.folder + (name.firstRange(of: "idx").map { name[..<$0.lowerBound] } ?? name[...])
    }
}

extension Split {
    /// The split that a word of a path names: `t10k-images` is for testing, `imagenet-val-0003` for evaluation.
    init?(words path: String) {
        let words = path.lowercased().split { !$0.isLetter && !$0.isNumber }
        for word in words.reversed() {
            if word == "t10k" {
                self = .test
                return
            }
            if let split = Split(folder: word) {
                self = split
                return
            }
        }
        return nil
    }
}
