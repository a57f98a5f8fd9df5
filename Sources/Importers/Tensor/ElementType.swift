/// What the elements of an ONNX tensor are. Raw values are those of `TensorProto.DataType` in the file.
enum ElementType: Int32, Sendable, CaseIterable {
    case float = 1
    case uint8 = 2
    case int8 = 3
    case uint16 = 4
    case int16 = 5
    case int32 = 6
    case int64 = 7
    case bool = 9
    case float16 = 10
    case double = 11
    case uint32 = 12
    case uint64 = 13
    case bfloat16 = 16
    case float8e4m3fn = 17
    case float8e4m3fnuz = 18
    case float8e5m2 = 19
    case float8e5m2fnuz = 20
    case uint4 = 21
    case int4 = 22
    case float4e2m1 = 23

    /// Bits of one element in `raw_data`.
    var bits: Int {
        switch self {
        case .uint4, .int4, .float4e2m1: 4
        case .uint8, .int8, .bool, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz: 8
        case .uint16, .int16, .float16, .bfloat16: 16
        case .float, .int32, .uint32: 32
        case .int64, .uint64, .double: 64
        }
    }

    /// Whether values are kept as floating-point numbers.
    var isReal: Bool {
        switch self {
        case .float, .double, .float16, .bfloat16, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz,
            .float4e2m1:
            true
        default: false
        }
    }

    /// The layout of a type with fewer bits than `float`; `nil` for others.
    var smallFloat: SmallFloat? {
        switch self {
        case .float16: .half
        case .bfloat16: .brain
        case .float8e4m3fn: .e4m3fn
        case .float8e4m3fnuz: .e4m3fnuz
        case .float8e5m2: .e5m2
        case .float8e5m2fnuz: .e5m2fnuz
        case .float4e2m1: .e2m1
        default: nil
        }
    }

    /// Smallest and largest value of an integer type; of `uint64` the part that fits in an `Int64`.
    var range: ClosedRange<Int64>? {
        switch self {
        case .bool: 0...1
        case .uint4: 0...15
        case .int4: -8...7
        case .uint8: 0...255
        case .int8: -128...127
        case .uint16: 0...65_535
        case .int16: -32_768...32_767
        case .uint32: 0...4_294_967_295
        case .int32: -2_147_483_648...2_147_483_647
        case .int64: .min ... .max
        case .uint64: 0 ... .max
        default: nil
        }
    }

    /// The value that a conversion to this integer type leaves: the low bits, with the type's sign.
    func wrap(_ value: Int64) -> Int64 {
        switch self {
        case .bool: value == 0 ? 0 : 1
        case .uint4: value & 15
        case .int4: (value & 15) >= 8 ? (value & 15) - 16 : value & 15
        case .uint8: Int64(UInt8(truncatingIfNeeded: value))
        case .int8: Int64(Int8(truncatingIfNeeded: value))
        case .uint16: Int64(UInt16(truncatingIfNeeded: value))
        case .int16: Int64(Int16(truncatingIfNeeded: value))
        case .uint32: Int64(UInt32(truncatingIfNeeded: value))
        case .int32: Int64(Int32(truncatingIfNeeded: value))
        default: value
        }
    }

    /// The nearest value of this floating-point type.
    func round(_ value: Double) -> Double {
        switch self {
        case .double: value
        case .float: Double(Float(value))
        default: smallFloat?.round(value, saturates: false) ?? value
        }
    }
}

extension ElementType: CustomStringConvertible {
    var description: String {
        switch self {
        case .float: "float"
        case .uint8: "uint8"
        case .int8: "int8"
        case .uint16: "uint16"
        case .int16: "int16"
        case .int32: "int32"
        case .int64: "int64"
        case .bool: "bool"
        case .float16: "float16"
        case .double: "double"
        case .uint32: "uint32"
        case .uint64: "uint64"
        case .bfloat16: "bfloat16"
        case .float8e4m3fn: "float8e4m3fn"
        case .float8e4m3fnuz: "float8e4m3fnuz"
        case .float8e5m2: "float8e5m2"
        case .float8e5m2fnuz: "float8e5m2fnuz"
        case .uint4: "uint4"
        case .int4: "int4"
        case .float4e2m1: "float4e2m1"
        }
    }
}
