import Compute

/// An exponential moving average of all values of a network (Polyak and Juditsky 1992; as used by Tarvainen and
/// Valpola 2017): average = d * average + (1 - d) * value, after every step.
///
/// Running means and variances are averaged with the weights they were gathered under; copying the latest ones would
/// pair them with weights that never saw them. In step t, counted from 1, d is the smaller of the given decay and
/// (1 + t) / (10 + t), so that the random first values are forgotten in short trainings too (as TensorFlow's
/// `ExponentialMovingAverage` with `num_updates`).
public final class WeightAverage {
    /// Laid out as the parameters.
    public let values: ParameterBuffer
    private let decay: Double

    /// - Parameters:
    ///   - first: copied.
    ///   - decay: in 0..<1.
    public init(_ first: ParameterBuffer, decay: Double) {
        precondition(decay >= 0 && decay < 1)
        values = first.copy()
        self.decay = decay
    }

    /// - Parameter number: of the step, from 1.
    public func update(_ parameters: ParameterBuffer, number: Int, pool: ThreadPool) {
        precondition(parameters.count == values.count && number >= 1)
        let take = Float(1 - min(decay, Double(1 + number) / Double(10 + number)))
        let (average, value, count) = (values.base, parameters.base, values.count)
        let size = ParameterSpans.taskSize
        pool.run((count + size - 1) / size) { block, _ in
            let first = block * size
            Self.move(average + first, value + first, min(size, count - first), take)
        }
    }

    private static func move(
        _ average: UnsafeMutablePointer<Float>, _ value: UnsafePointer<Float>, _ count: Int, _ take: Float
    ) {
        for i in 0..<count { average[i] += take * (value[i] - average[i]) }
    }
}
