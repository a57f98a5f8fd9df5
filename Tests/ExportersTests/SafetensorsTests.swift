import Exporters
import Foundation
import Testing

@Suite struct SafetensorsTests {
    static func sample() -> Safetensors {
        var tensors = [
            Safetensors.Tensor(name: "b", shape: [2, 3], floats: [1, -2.5, .pi, .infinity, 0, 5]),
            Safetensors.Tensor(name: "a", shape: [], floats: [7]),
            Safetensors.Tensor(name: "empty", shape: [4, 0], floats: []),
        ]
        for type in Safetensors.ElementType.allCases where type != .f32 {
            let data = Data((0..<6 * type.bytes).map { type == .bool ? UInt8($0 % 2) : UInt8($0 * 37 % 251) })
            tensors.append(.init(name: "type.\(type.rawValue)", type: type, shape: [3, 2], data: data))
        }
        return Safetensors(metadata: ["format": "pt", "über \"x\"": "a\nb/c"], tensors: tensors)
    }

    private static func byName(_ file: Safetensors) -> [Safetensors.Tensor] {
        file.tensors.sorted { $0.name < $1.name }
    }

    @Test func roundTrip() throws {
        let sample = Self.sample()
        let bytes = try sample.encoded()
        let read = try Safetensors(decoding: bytes)
        #expect(read.metadata == sample.metadata)
        #expect(Self.byName(read) == Self.byName(sample))
        #expect(read["b"]?.floats == [1, -2.5, .pi, .infinity, 0, 5])
        #expect(read["type.I8"]?.floats == nil && read["nothing"] == nil)
        // A slice is read as well as a whole.
        let padded = Data([0]) + bytes
        #expect(try Safetensors(decoding: padded[1...]) == read)
        #expect(try read.encoded() == bytes, "the same content is the same bytes")
        let nothing = Safetensors(metadata: [:], tensors: [])
        #expect(try Safetensors(decoding: nothing.encoded()) == nothing)
    }

    /// Every array begins at a multiple of its element's size.
    @Test func arraysAreAligned() throws {
        let bytes = try Self.sample().encoded()
        let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(length % 8 == 0)
        let header = try #require(
            try JSONSerialization.jsonObject(with: bytes[8..<8 + length]) as? [String: [String: Any]])
        #expect(header.count == Self.sample().tensors.count + 1)
        for (name, entry) in header where name != "__metadata__" {
            let type = try #require((entry["dtype"] as? String).flatMap { Safetensors.ElementType(rawValue: $0) })
            let offsets = try #require(entry["data_offsets"] as? [Int])
            #expect((8 + length + offsets[0]) % type.bytes == 0, "\(name)")
        }
    }

    /// A file with the given header and number of zero bytes behind it.
    private static func file(_ header: String, data: Int = 0, length: UInt64? = nil) -> Data {
        let count = (length ?? UInt64(header.utf8.count)).littleEndian
        return withUnsafeBytes(of: count) { Data($0) } + Data(header.utf8) + Data(count: data)
    }

    struct Hostile: Sendable, CustomTestStringConvertible {
        let file: Data
        let message: String
        init(_ file: Data, _ message: String) {
            self.file = file
            self.message = message
        }
        var testDescription: String { message }
    }

    private static func one(_ entry: String, data: Int) -> Data { file(#"{"w":{\#(entry)}}"#, data: data) }

    static let hostile = [
        Hostile(Data(), "the file has 0 bytes, and its header's length alone takes 8"),
        Hostile(Data(count: 7), "the file has 7 bytes"),
        Hostile(
            file("", length: .max), "the header claims 18446744073709551615 bytes, more than the limit of 100000000"),
        Hostile(file("{}", length: 100_000_001), "the header claims 100000001 bytes"),
        Hostile(file("{}", length: 1 << 63), "the header claims 9223372036854775808 bytes"),
        Hostile(file("{}", length: 3), "the header ends at byte 11, the file at byte 10: it is cut off"),
        Hostile(file("", data: 0), "it does not start with '{'"),
        Hostile(file(" {}"), "it does not start with '{'"),
        Hostile(file("{"), "the header is not what safetensors asks for"),
        Hostile(file("{]}"), "the header is not what safetensors asks for"),
        Hostile(file(#"{"w":3}"#), "wrong type at w"),
        Hostile(file(#"{"w":{}}"#), "missing 'dtype' at w"),
        Hostile(file(#"{"__metadata__":{"a":1}}"#), "wrong type at __metadata__ / a"),
        Hostile(file(#"{"__metadata__":[]}"#), "wrong type at __metadata__"),
        Hostile(file(String(repeating: #"{"a":"#, count: 100_000)), "the header is not what safetensors asks for"),
        Hostile(one(#""dtype":"F32","shape":[1]"#, data: 4), "missing 'data_offsets' at w"),
        Hostile(
            one(#""dtype":"F31","shape":[1],"data_offsets":[0,4]"#, data: 4), "unknown dtype 'F31'; known are BOOL, U8"),
        Hostile(one(#""dtype":7,"shape":[1],"data_offsets":[0,4]"#, data: 4), "wrong type at w / dtype"),
        Hostile(one(#""dtype":"F32","shape":[-1],"data_offsets":[0,4]"#, data: 4), "the impossible shape [-1]"),
        Hostile(
            one(#""dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]"#, data: 0),
            "the impossible shape [4294967296, 4294967296]"),
        Hostile(
            one(#""dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]"#, data: 0), "the impossible shape"),
        Hostile(
            one(#""dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,0]"#, data: 0),
            "the header is not what safetensors asks for"),
        Hostile(one(#""dtype":"F32","shape":[1.5],"data_offsets":[0,4]"#, data: 4), "the header is not what"),
        Hostile(
            one(#""dtype":"F32","shape":[2],"data_offsets":[0,4]"#, data: 4),
            "tensor 'w' of shape [2] needs 8 bytes and has 4"),
        Hostile(
            one(#""dtype":"F32","shape":[1],"data_offsets":[0,4]"#, data: 3),
            "data_offsets [0, 4]; needed are a begin and an end in order, within 0...3"),
        Hostile(one(#""dtype":"F32","shape":[1],"data_offsets":[4,0]"#, data: 4), "data_offsets [4, 0]; needed are"),
        Hostile(one(#""dtype":"F32","shape":[1],"data_offsets":[-4,0]"#, data: 4), "data_offsets [-4, 0]; needed are"),
        Hostile(one(#""dtype":"F32","shape":[1],"data_offsets":[0]"#, data: 4), "data_offsets [0]; needed are"),
        Hostile(
            one(#""dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]"#, data: 4),
            "data_offsets [0, 9223372036854775807]; needed are"),
        Hostile(
            one(#""dtype":"F32","shape":[1],"data_offsets":[4,8]"#, data: 8),
            "bytes 0..<4 of the data belong to no tensor"),
        Hostile(
            one(#""dtype":"F32","shape":[1],"data_offsets":[0,4]"#, data: 5),
            "bytes 4..<5 of the data belong to no tensor"),
        Hostile(
            file(
                #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"#
                    + #""data_offsets":[4,12]}}"#, data: 12), "the data of tensor 'b' overlaps that of 'a'"),
        Hostile(
            file(
                #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"#
                    + #""data_offsets":[0,4]}}"#, data: 4), "the data of tensor 'b' overlaps that of 'a'"),
        Hostile(
            file(
                #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"#
                    + #""data_offsets":[4,8]}}"#, data: 8),
            "belong to no tensor (a name given twice also looks like this)"),
    ]

    @Test(arguments: hostile) func hostileFilesAreRefused(hostile: Hostile) {
        let error = #expect(throws: SafetensorsError.self) { try Safetensors(decoding: hostile.file) }
        #expect(error?.description.contains(hostile.message) == true, "\(String(describing: error))")
    }

    @Test func whatCannotBeWrittenIsRefused() {
        func message(_ tensors: [Safetensors.Tensor]) -> String {
            do {
                _ = try Safetensors(metadata: [:], tensors: tensors).encoded()
                return "none"
            } catch {
                return "\(error)"
            }
        }
        let a = Safetensors.Tensor(name: "a", shape: [1], floats: [1])
        #expect(message([a, a]) == "two tensors have the name 'a'")
        #expect(
            message([.init(name: "__metadata__", shape: [1], floats: [1])])
                == "no tensor may have the name '__metadata__'")
        #expect(
            message([.init(name: "a", type: .i16, shape: [3], data: Data(count: 4))])
                == "tensor 'a' of shape [3] needs 6 bytes and has 4")
        #expect(
            message([.init(name: "a", type: .i16, shape: [-3], data: Data())])
                == "tensor 'a' has the impossible shape [-3]")
    }

    /// Whatever byte is changed or missing, the answer is an error or other content, never a crash.
    @Test func damageIsNeverFatal() throws {
        let bytes = try Self.sample().encoded()
        var refused = 0
        for length in 0..<bytes.count where (try? Safetensors(decoding: bytes.prefix(length))) == nil { refused += 1 }
        #expect(refused == bytes.count, "a file that is cut off is never taken for a whole one")
        for at in 0..<bytes.count {
            for change in [1, 0x20, 0x80] as [UInt8] {
                var damaged = bytes
                damaged[at] ^= change
                if let read = try? Safetensors(decoding: damaged) {
                    #expect(read.tensors.allSatisfy { $0.data.count <= bytes.count })
                }
            }
        }
    }
}
