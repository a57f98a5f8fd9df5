/// What is done to the bytes of an image before a teacher sees them, channel by channel: (v scale - mean) / std.
public struct TeacherPreprocessing: Equatable, Sendable {
    public enum Order: String, Sendable { case rgb, bgr }

    /// The name in a manifest.
    public let name: String
    /// In words.
    public let explanation: String
    /// Factor on 0...255.
    public let scale: Float
    /// Red, green, blue.
    public let mean, std: [Float]
    /// Of the channels as the teacher gets them.
    public let order: Order

    public init(
        name: String, explanation: String, scale: Float, mean: [Float], std: [Float], order: Order = .rgb
    ) {
        precondition(mean.count == 3 && std.count == 3 && std.allSatisfy { $0 > 0 })
        self.name = name
        self.explanation = explanation
        self.scale = scale
        self.mean = mean
        self.std = std
        self.order = order
    }

    /// The same with blue first.
    public var reversed: TeacherPreprocessing {
        TeacherPreprocessing(
            name: name + "-bgr", explanation: explanation + " in the order blue, green, red", scale: scale, mean: mean,
            std: std, order: .bgr)
    }

    /// Factor and term for each channel that the teacher gets, and which channel of red, green, blue it is: its value
    /// is factor v + term.
    public func channels(_ count: Int) -> [(source: Int, factor: Float, term: Float)] {
        precondition(count == 1 || count == 3)
        guard count == 3 else {
            // Gray has the mean of the three.
            let (m, s) = (mean.reduce(0, +) / 3, std.reduce(0, +) / 3)
            return [(0, scale / s, -m / s)]
        }
        let sources = order == .rgb ? [0, 1, 2] : [2, 1, 0]
        return sources.map { ($0, scale / std[$0], -mean[$0] / std[$0]) }
    }

    private static let (zeros, ones): ([Float], [Float]) = ([0, 0, 0], [1, 1, 1])

    /// What teachers are usually trained with.
    public static let known: [TeacherPreprocessing] = {
        let plain = [
            TeacherPreprocessing(
                name: "unit", explanation: "values of 0 to 1", scale: 1 / 255, mean: zeros, std: ones),
            TeacherPreprocessing(
                name: "bytes", explanation: "values of 0 to 255", scale: 1, mean: zeros, std: ones),
            TeacherPreprocessing(
                name: "symmetric", explanation: "values of -1 to 1", scale: 1 / 255, mean: [0.5, 0.5, 0.5],
                std: [0.5, 0.5, 0.5]),
            TeacherPreprocessing(
                name: "imagenet", explanation: "ImageNet mean and std", scale: 1 / 255, mean: [0.485, 0.456, 0.406],
                std: [0.229, 0.224, 0.225]),
            TeacherPreprocessing(
                name: "cifar10", explanation: "CIFAR-10 mean and std", scale: 1 / 255, mean: [0.4914, 0.4822, 0.4465],
                std: [0.247, 0.2435, 0.2616]),
            TeacherPreprocessing(
                name: "cifar100", explanation: "CIFAR-100 mean and std", scale: 1 / 255,
                mean: [0.5071, 0.4865, 0.4409], std: [0.2673, 0.2564, 0.2762]),
            TeacherPreprocessing(
                name: "caffe", explanation: "values of 0 to 255 less the ImageNet mean", scale: 1,
                mean: [123.68, 116.779, 103.939], std: ones),
        ]
        return plain + plain.map(\.reversed)
    }()

    public static func named(_ name: String) -> TeacherPreprocessing? { known.first { $0.name == name } }
}
