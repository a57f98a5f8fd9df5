extension TrainingSpec {
    /// What an optimizer is trained with where the manifest says nothing else.
    ///
    /// SGD: the rate and decay of the CIFAR residual networks (He et al. 2016, section 4.2; decay as in
    /// Zagoruyko and Komodakis 2016). AdamW: its paper's default rate, and a decay as is usual with it, for it is
    /// multiplied by the rate (Loshchilov and Hutter 2019).
    public static func defaults(for optimizer: Optimizer) -> TrainingSpec {
        switch optimizer {
        case .sgd: TrainingSpec(learningRate: 0.1, optimizer: .sgd, weightDecay: 5e-4)
        case .adamw: TrainingSpec(learningRate: 1e-3, optimizer: .adamw, weightDecay: 0.05)
        }
    }
}

extension AugmentSpec {
    /// The words that stand for a whole mapping.
    public static let presets: [(name: String, spec: AugmentSpec)] = [
        ("none", .none), ("standard", .standard), ("strong", .strong),
    ]
}

extension NetworkSpec {
    /// Parameters of a preset with 10 classes at its normal width, in thousands and rounded: enough to see which of
    /// two networks is the larger.
    static let approximateKiloParameters: [String: Double] = [
        "convnet3": 9.5, "dscnn-tiny": 22, "mobilenet-tiny": 175, "resnet8": 78, "resnet20": 272, "resnet32": 466,
        "resnet56": 855, "resnet110": 1730, "resnet8x4": 1230, "resnet32x4": 7430, "vgg8": 3960, "vgg13": 9460,
        "wrn-16-2": 700, "wrn-40-2": 2250,
    ]

    /// Weights grow with the square of the channels. nil: not a preset.
    var approximateKiloParameters: Double? { Self.approximateKiloParameters[model].map { $0 * width * width } }
}
