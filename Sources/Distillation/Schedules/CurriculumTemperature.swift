#if canImport(Glibc)
    import Glibc
#endif

/// A temperature that is learned against the student (CTKD: Li, Li, Yang, Zhao, Song, Luo, Li and Yang 2023,
/// "Curriculum temperature for knowledge distillation"), the global kind:
///
///     T = 1 + 20 sigmoid(logit)
///
/// The logit climbs the loss that the student descends (a gradient reversed), times a factor that rises from 0 to 1
/// along half a cosine, so that the task gets harder little by little. It moves by gradient descent with momentum 0.9
/// at the rate 0.05, the one the paper trains CIFAR-100 with. Trainings being short here, the factor rises over the
/// first quarter of the steps rather than ten epochs, and the first temperature is the manifest's.
public struct CurriculumTemperature: Codable, Sendable, Equatable {
    /// Bounds, not reached.
    public static let lowest = 1.0
    public static let highest = 21.0
    private static let rate = 0.05
    private static let momentum = 0.9
    private static let rise = 0.25

    public private(set) var logit: Double
    public private(set) var velocity = 0.0

    /// - Parameter temperature: above `lowest` and below `highest`.
    public init(temperature: Double) {
        precondition(temperature > Self.lowest && temperature < Self.highest)
        let share = (temperature - Self.lowest) / (Self.highest - Self.lowest)
        logit = log(share / (1 - share))
    }

    /// T.
    public var value: Double { Self.lowest + (Self.highest - Self.lowest) / (1 + exp(-logit)) }

    /// The weight of the reversed gradient in a step of a training.
    public static func factor(step: Int, of steps: Int) -> Double {
        let share = min(1, Double(step) / (rise * Double(steps)))
        return (1 - cos(Double.pi * share)) / 2
    }

    /// - Parameters:
    ///   - gradient: of the student's loss by T.
    ///   - factor: see `factor(step:of:)`.
    public mutating func climb(gradient: Double, factor: Double) {
        let share = (value - Self.lowest) / (Self.highest - Self.lowest)
        let slope = gradient * (Self.highest - Self.lowest) * share * (1 - share)
        velocity = Self.momentum * velocity - factor * slope
        logit -= Self.rate * velocity
    }
}
