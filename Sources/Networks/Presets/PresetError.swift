/// A preset that cannot be made as asked.
public enum PresetError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknown(name: String)
    case width(Double)
    case input(Graph.Shape)
    case classes(Int)
    /// The network does not fit the input or the limits of a graph.
    case shape(preset: String, ShapeError)

    public var description: String {
        switch self {
        case .unknown(let name):
            "no preset is named '\(name)'; there are: \(Presets.names.joined(separator: ", "))"
        case .width(let width):
            "width is \(width), but must be \(Presets.widths.lowerBound) to \(Presets.widths.upperBound)"
        case .input(let shape):
            "input is \(shape.width) wide, \(shape.height) high with \(shape.channels) channels, but must be at least "
                + "\(Presets.smallestSide) by \(Presets.smallestSide) with 1 or 3 channels"
        case .classes(let classes):
            "there are \(classes) classes, but a classifier needs 2 to \(Graph.Limits.channels)"
        case .shape(let preset, let error):
            "\(preset): \(error)"
        }
    }
}
