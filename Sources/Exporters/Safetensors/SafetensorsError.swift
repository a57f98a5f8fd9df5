/// Why bytes are no safetensors file, or why an array cannot be written into one.
public enum SafetensorsError: Error, Equatable, CustomStringConvertible {
    case tooShort(bytes: Int)
    case headerTooLong(bytes: UInt64, limit: Int)
    case headerCutOff(needs: Int, has: Int)
    case header(reason: String)
    case unknownType(tensor: String, type: String)
    case shape(tensor: String, shape: [Int])
    case offsets(tensor: String, offsets: [Int], dataBytes: Int)
    case size(tensor: String, shape: [Int], needs: Int, has: Int)
    case overlap(tensor: String, other: String)
    case gap(from: Int, to: Int)
    case duplicateName(String)
    case reservedName

    public var description: String {
        switch self {
        case .tooShort(let bytes):
            "the file has \(bytes) bytes, and its header's length alone takes 8: it is cut off, or no safetensors file"
        case .headerTooLong(let bytes, let limit):
            "the header claims \(bytes) bytes, more than the limit of \(limit): this is no safetensors file"
        case .headerCutOff(let needs, let has):
            "the header ends at byte \(needs), the file at byte \(has): it is cut off, or no safetensors file"
        case .header(let reason):
            "the header is not what safetensors asks for: \(reason)"
        case .unknownType(let tensor, let type):
            "tensor '\(tensor)' has the unknown dtype '\(type)'; known are "
                + Safetensors.ElementType.allCases.map(\.rawValue).joined(separator: ", ")
        case .shape(let tensor, let shape):
            "tensor '\(tensor)' has the impossible shape \(shape)"
        case .offsets(let tensor, let offsets, let dataBytes):
            "tensor '\(tensor)' has data_offsets \(offsets); needed are a begin and an end in order, "
                + "within 0...\(dataBytes)"
        case .size(let tensor, let shape, let needs, let has):
            "tensor '\(tensor)' of shape \(shape) needs \(needs) bytes and has \(has)"
        case .overlap(let tensor, let other):
            "the data of tensor '\(tensor)' overlaps that of '\(other)'"
        case .gap(let from, let to):
            "bytes \(from)..<\(to) of the data belong to no tensor (a name given twice also looks like this)"
        case .duplicateName(let name):
            "two tensors have the name '\(name)'"
        case .reservedName:
            "no tensor may have the name '\(Safetensors.metadataKey)'"
        }
    }
}
