import Foundation
import Manifests
import Reporting

/// A name for every kind of harm a dataset's author can do to a page.
enum Hostile {
    static let names = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "a & b 'c' \"d\"", "]]><!-- -->",
        "\u{0}\u{1}\u{1B}[31m\r\n\t",
        String(repeating: "very-long-", count: 100), "\u{202E}gpj.exe",
        "| *bold* _under_ `code` # [link](http://x.example)",
        "日本語 العربية 🙂‍↔️", "", "</style></title><base href='//x.example'>", "\u{FFFE}\u{FFFF}\u{85}\u{2028}",
    ]
}

/// Values recorded by `Goldens/make_goldens.py`.
enum Goldens {
    static func load<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        let url = Bundle.module.bundleURL.appendingPathComponent("Goldens/\(name).json")
        return try JSONDecoder().decode(Value.self, from: Data(contentsOf: url))
    }
}

/// The same numbers on every run (SplitMix64).
struct SampleRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
