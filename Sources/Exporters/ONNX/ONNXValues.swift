import Foundation
import Networks
import ONNXFormat

extension OnnxAttributeProto {
    static func int(_ name: String, _ value: Int) -> Self {
        .with { ($0.name, $0.type, $0.i) = (name, .int, Int64(value)) }
    }

    static func ints(_ name: String, _ values: [Int]) -> Self {
        .with { ($0.name, $0.type, $0.ints) = (name, .ints, values.map(Int64.init)) }
    }

    static func float(_ name: String, _ value: Float) -> Self {
        .with { ($0.name, $0.type, $0.f) = (name, .float, value) }
    }
}

extension [OnnxAttributeProto] {
    /// Of MaxPool and AveragePool.
    static func window(_ pool: Graph.Pool) -> Self {
        [
            .ints("kernel_shape", [pool.size, pool.size]), .ints("pads", [Int](repeating: pool.padding, count: 4)),
            .ints("strides", [pool.stride, pool.stride]),
        ]
    }
}

extension OnnxTensorProto {
    static func floats(_ name: String, shape: [Int], _ values: [Float]) -> Self {
        precondition(values.count == shape.reduce(1, *))
        return .with {
            ($0.name, $0.dims) = (name, shape.map(Int64.init))
            $0.dataType = Int32(DataType.float.rawValue)
            $0.rawData = LittleEndian.data(values)
        }
    }

    static func int8s(_ name: String, shape: [Int], _ values: [Int8]) -> Self {
        raw(name, shape: shape, .int8, Data(values.map { UInt8(bitPattern: $0) }))
    }

    static func uint8s(_ name: String, shape: [Int], _ values: [UInt8]) -> Self {
        raw(name, shape: shape, .uint8, Data(values))
    }

    static func int32s(_ name: String, shape: [Int], _ values: [Int32]) -> Self {
        let bytes = values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        return raw(name, shape: shape, .int32, Data(bytes))
    }

    private static func raw(_ name: String, shape: [Int], _ type: DataType, _ data: Data) -> Self {
        .with {
            ($0.name, $0.dims, $0.rawData) = (name, shape.map(Int64.init), data)
            $0.dataType = Int32(type.rawValue)
        }
    }

    static func int64s(_ name: String, _ values: [Int64]) -> Self {
        .with {
            ($0.name, $0.dims, $0.int64Data) = (name, [Int64(values.count)], values)
            $0.dataType = Int32(DataType.int64.rawValue)
        }
    }
}

extension OnnxValueInfoProto {
    /// A float tensor with a free first dimension.
    static func floats(_ name: String, batch: String, _ sizes: [Int]) -> Self {
        .with {
            $0.name = name
            $0.type.tensorType.elemType = Int32(OnnxTensorProto.DataType.float.rawValue)
            $0.type.tensorType.shape.dim =
                [.with { $0.dimParam = batch }] + sizes.map { size in .with { $0.dimValue = Int64(size) } }
        }
    }
}
