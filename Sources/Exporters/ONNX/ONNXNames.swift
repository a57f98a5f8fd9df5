/// The names of a graph: ONNX gives each value one of its own, and input and output have theirs.
struct ONNXNames {
    private var taken: Set<String> = [ONNXExporter.inputName, ONNXExporter.outputName]

    /// `name`, or `name` with a number.
    mutating func unused(_ name: String) -> String {
        var candidate = name
        var number = 2
        while !taken.insert(candidate).inserted {
            candidate = "\(name).\(number)"
            number += 1
        }
        return candidate
    }
}
