/// A hint (Romero, Ballas, Kahou, Chassang, Gatta and Bengio 2015, "FitNets: hints for thin deep nets"): the student's
/// activations, through a learned 1x1 convolution that gives them the teacher's channels, become the teacher's:
///
///     mean over all values of (weight student + bias - teacher)^2
///
/// The convolution is thrown away after the training. Student and teacher need the same pixels.
public enum HintLoss {
    public struct Shape: Sendable {
        /// Images times pixels of one.
        public var pixels: Int
        public var studentChannels: Int
        public var teacherChannels: Int

        public init(pixels: Int, studentChannels: Int, teacherChannels: Int) {
            self.pixels = pixels
            self.studentChannels = studentChannels
            self.teacherChannels = teacherChannels
        }
    }

    /// The convolution's values, or their gradients.
    public struct Projector {
        /// O,I: teacherChannels,studentChannels.
        public var weight: UnsafeMutablePointer<Float>
        /// teacherChannels.
        public var bias: UnsafeMutablePointer<Float>

        public init(weight: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>) {
            self.weight = weight
            self.bias = bias
        }
    }

    /// The loss, and its gradients: with g = 2 (weight x + bias - teacher) / values,
    /// dx = weight^T g, dWeight = Σ g x^T, dBias = Σ g over the pixels.
    ///
    /// - Parameters:
    ///   - student, dStudent: pixels,studentChannels.
    ///   - teacher: pixels,teacherChannels.
    ///   - gradients: overwritten.
    public static func evaluate(
        student: UnsafePointer<Float>, teacher: UnsafePointer<Float>, shape: Shape, projector: Projector,
        dStudent: UnsafeMutablePointer<Float>, gradients: Projector
    ) -> Double {
        let (inputs, outputs) = (shape.studentChannels, shape.teacherChannels)
        gradients.weight.update(repeating: 0, count: outputs * inputs)
        gradients.bias.update(repeating: 0, count: outputs)
        dStudent.update(repeating: 0, count: shape.pixels * inputs)
        let share = 1 / Float(shape.pixels * outputs)
        var loss = 0.0
        for p in 0..<shape.pixels {
            let (x, dx) = (student + p * inputs, dStudent + p * inputs)
            for o in 0..<outputs {
                let (row, dRow) = (projector.weight + o * inputs, gradients.weight + o * inputs)
                var sum = projector.bias[o]
                for i in 0..<inputs { sum += row[i] * x[i] }
                let difference = sum - teacher[p * outputs + o]
                loss += Double(difference) * Double(difference)
                let slope = 2 * share * difference
                gradients.bias[o] += slope
                for i in 0..<inputs {
                    dRow[i] += slope * x[i]
                    dx[i] += slope * row[i]
                }
            }
        }
        return loss * Double(share)
    }
}
