import Foundation

/// The content of a safetensors file: named arrays and a map of strings.
///
/// Format (https://huggingface.co/docs/safetensors): 8 bytes little-endian length of the header; the header, a JSON
/// object from names to `{"dtype", "shape", "data_offsets": [begin, end]}` with the strings under `__metadata__`;
/// then the arrays' bytes, which the offsets cover without gap or overlap.
public struct Safetensors: Sendable, Equatable {
    public var metadata: [String: String]
    public var tensors: [Tensor]

    public init(metadata: [String: String], tensors: [Tensor]) {
        self.metadata = metadata
        self.tensors = tensors
    }

    public struct Tensor: Sendable, Equatable {
        public var name: String
        public var type: ElementType
        public var shape: [Int]
        /// Row-major, little-endian.
        public var data: Data

        public init(name: String, type: ElementType, shape: [Int], data: Data) {
            self.name = name
            self.type = type
            self.shape = shape
            self.data = data
        }

        public init(name: String, shape: [Int], floats: [Float]) {
            precondition(floats.count == shape.reduce(1, *))
            self.init(name: name, type: .f32, shape: shape, data: LittleEndian.data(floats))
        }

        /// The values of an F32 tensor; `nil`: of another type.
        public var floats: [Float]? { type == .f32 ? LittleEndian.floats(data) : nil }
    }

    public enum ElementType: String, Sendable, Codable, CaseIterable {
        case bool = "BOOL"
        case u8 = "U8"
        case i8 = "I8"
        case f8e4m3 = "F8_E4M3"
        case f8e5m2 = "F8_E5M2"
        case u16 = "U16"
        case i16 = "I16"
        case f16 = "F16"
        case bf16 = "BF16"
        case u32 = "U32"
        case i32 = "I32"
        case f32 = "F32"
        case u64 = "U64"
        case i64 = "I64"
        case f64 = "F64"

        public var bytes: Int {
            switch self {
            case .bool, .u8, .i8, .f8e4m3, .f8e5m2: 1
            case .u16, .i16, .f16, .bf16: 2
            case .u32, .i32, .f32: 4
            case .u64, .i64, .f64: 8
            }
        }
    }

    /// Longest header that is read, as in the format's own implementation.
    public static let maximumHeaderBytes = 100_000_000
    static let metadataKey = "__metadata__"

    public subscript(_ name: String) -> Tensor? { tensors.first { $0.name == name } }
}
