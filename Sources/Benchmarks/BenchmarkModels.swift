import Networks

/// The networks of a benchmark, for images of 32 x 32 x 3 and ten classes.
enum BenchmarkModels {
    static let standard = ["resnet8", "resnet20", "resnet56", "resnet8x4", "resnet32x4"]
    static let classes = 10

    static func graphs(_ settings: BenchmarkSettings, by names: [String] = standard) throws -> [(String, Graph)] {
        try (settings.model.map { [$0] } ?? names).map {
            ($0, try Presets.make($0, input: Graph.Shape(height: 32, width: 32, channels: 3), classes: classes))
        }
    }
}
