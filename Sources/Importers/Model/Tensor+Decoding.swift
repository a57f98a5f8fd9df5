import Foundation
import ONNXFormat

extension Tensor {
    /// The tensor of a message, once its values are known to be there.
    init(_ proto: OnnxTensorProto) throws(OperatorError) {
        guard let type = ElementType(rawValue: proto.dataType) else {
            throw .unsupported("element type \(proto.dataType) is not supported")
        }
        guard proto.dataLocation != .external, proto.externalData.isEmpty else {
            let file = proto.externalData.first { $0.key == "location" }?.value ?? "another file"
            throw .unsupported(
                "its values lie in another file ('\(file)'); weights must be inside of the .onnx file "
                    + "(onnx.save_model with save_as_external_data=False)")
        }
        guard !proto.hasSegment else { throw .unsupported("its values come in segments, which is not supported") }
        var shape: [Int] = []
        for size in proto.dims { shape.append(Int(size)) }
        let count = try ShapeArithmetic.count(shape, limit: ShapeArithmetic.largestStored)

        if proto.hasRawData {
            let bytes = (count * type.bits + 7) / 8
            guard proto.rawData.count == bytes else {
                throw OperatorError("it has \(proto.rawData.count) bytes of values, where \(bytes) are needed")
            }
            self.init(type, shape, Self.values(proto.rawData, type: type, count: count))
            return
        }
        let stored: Int
        switch type {
        case .float: stored = proto.floatData.count
        case .double: stored = proto.doubleData.count
        case .int64: stored = proto.int64Data.count
        case .uint32, .uint64: stored = proto.uint64Data.count
        default: stored = proto.int32Data.count
        }
        let wanted = type.bits == 4 ? (count + 1) / 2 : count
        guard stored == wanted else { throw OperatorError("it has \(stored) values, where \(wanted) are needed") }
        switch type {
        case .float: self.init(type, shape, .float(proto.floatData))
        case .double: self.init(type, shape, .double(proto.doubleData))
        case .int64: self.init(type, shape, .integer(proto.int64Data))
        case .uint32, .uint64:
            self.init(type, shape, integers: proto.uint64Data.map { Int64(truncatingIfNeeded: $0) })
        default:
            // Bits of short floats and pairs of four-bit values lie in 32-bit integers too.
            let words = proto.int32Data
            let codes =
                type.bits == 4
                ? (0..<count).map { Int(words[$0 / 2]) >> ($0 % 2 * 4) & 15 } : words.map { Int($0) }
            self.init(type, shape, Self.values(codes: codes, type: type))
        }
    }

    /// Values from bytes, lowest first.
    private static func values(_ data: Data, type: ElementType, count: Int) -> Values {
        data.withUnsafeBytes { raw in
            func load<T: FixedWidthInteger>(_: T.Type) -> [T] {
                (0..<count).map {
                    T(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self))
                }
            }
            switch type {
            case .float: return .float(load(UInt32.self).map { Float(bitPattern: $0) })
            case .double: return .double(load(UInt64.self).map { Double(bitPattern: $0) })
            case .int64, .uint64: return .integer(load(Int64.self))
            case .int32: return .integer(load(Int32.self).map { Int64($0) })
            case .uint32: return .integer(load(UInt32.self).map { Int64($0) })
            default:
                switch type.bits {
                case 16: return values(codes: load(UInt16.self).map { Int($0) }, type: type)
                case 4: return values(codes: (0..<count).map { Int(raw[$0 / 2]) >> ($0 % 2 * 4) & 15 }, type: type)
                default: return values(codes: raw.map { Int($0) }, type: type)
                }
            }
        }
    }

    /// Values from the bits of types of at most 16.
    private static func values(codes: [Int], type: ElementType) -> Values {
        if let small = type.smallFloat {
            // Every pattern has few bits: a table is faster than the arithmetic.
            let mask = (1 << type.bits) - 1
            let table = (0...mask).map { Float(small.value(bits: $0)) }
            return .float(codes.map { table[$0 & mask] })
        }
        return .integer(codes.map { type.wrap(Int64($0)) })
    }
}
