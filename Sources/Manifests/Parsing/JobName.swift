/// The rule for a job's name, which becomes part of file names, and names made from other text.
public enum JobName {
    static let longest = 64
    static let allowed = "1 to 64 of the characters a-z A-Z 0-9 . _ -, beginning with a letter or digit"

    public static func isValid(_ name: String) -> Bool {
        let bytes = name.utf8
        guard let first = bytes.first, bytes.count <= longest else { return false }
        return first.isASCIILetterOrDigit && bytes.allSatisfy(isAllowed)
    }

    /// The nearest valid name: other characters become `-`, and `job` stands for nothing at all.
    public static func sanitized(_ text: String) -> String {
        var name: [UInt8] = []
        for scalar in text.unicodeScalars {
            let byte = UInt8(exactly: scalar.value).flatMap { isAllowed($0) ? $0 : nil } ?? UInt8(ascii: "-")
            if byte == UInt8(ascii: "-"), name.last == byte { continue }
            name.append(byte)
        }
        name = Array(name.drop { !$0.isASCIILetterOrDigit }.prefix(longest))
        while name.last == UInt8(ascii: "-") { name.removeLast() }
        return name.isEmpty ? "job" : String(decoding: name, as: UTF8.self)
    }

    /// `cifar` for `Inbox/cifar.job.yaml`: the last component without `.job.yaml`, `.job.yml`, `.yaml` or `.yml`.
    public static func stem(ofFile path: String) -> String {
        let name = lastComponent(of: path)
        for suffix in [".job.yaml", ".job.yml", ".yaml", ".yml"] where name.hasSuffix(suffix) {
            return String(name.dropLast(suffix.count))
        }
        return name
    }

    static func lastComponent(of path: String) -> String {
        String(path.split(separator: "/").last ?? "")
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte.isASCIILetterOrDigit || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
}

extension ValueKind where Value == String {
    static let jobName = ValueKind.text(
        JobName.allowed, pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,\(JobName.longest - 1)}$"
    ) { name throws(Mismatch) in
        guard JobName.isValid(name) else { throw Mismatch(name.shown, suggestion: JobName.sanitized(name)) }
    }
}
