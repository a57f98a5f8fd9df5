import Networks

/// The hierarchical context loss (HCL) of Chen, Liu, Zhao and Jia 2021, "Distilling knowledge via knowledge review":
/// activations are compared pixel by pixel and as means over ever larger parts of the image. With m[l] the squared
/// difference of both pooled to l x l pixels, as a mean over all values,
///
///     (m + m[4] / 2 + m[2] / 4 + m[1] / 8) / (the sum of the weights there are)
///
/// of those l that are below the sides of the image; their weights halve from one that is there to the next.
public enum HierarchicalContext {
    private static let levels = [4, 2, 1]

    /// The loss of one image, and its gradient by the student's values, both as parts of a mean over `images`.
    ///
    /// - Parameters:
    ///   - student, teacher, dStudent: H,W,C.
    public static func evaluate(
        student: UnsafePointer<Float>, teacher: UnsafePointer<Float>, dStudent: UnsafeMutablePointer<Float>,
        shape: Graph.Shape, images: Int
    ) -> Double {
        let used = levels.filter { $0 < min(shape.height, shape.width) }
        var weights: [Double] = []
        for _ in used { weights.append((weights.last ?? 1) / 2) }
        let total = 1 + weights.reduce(0, +)
        let count = shape.count
        let share = 1 / (total * Double(images * count))
        var loss = 0.0
        for i in 0..<count {
            let difference = student[i] - teacher[i]
            loss += share * Double(difference) * Double(difference)
            dStudent[i] = Float(2 * share) * difference
        }
        for (level, weight) in zip(used, weights) {
            let share = weight / (total * Double(images * level * level * shape.channels))
            for y in 0..<level {
                let rows = covered(y, of: level, shape.height)
                for x in 0..<level {
                    let columns = covered(x, of: level, shape.width)
                    let part = 1 / Float(rows.count * columns.count)
                    for c in 0..<shape.channels {
                        var difference: Float = 0
                        for row in rows {
                            for column in columns {
                                let i = (row * shape.width + column) * shape.channels + c
                                difference += student[i] - teacher[i]
                            }
                        }
                        difference *= part
                        loss += share * Double(difference) * Double(difference)
                        let slope = Float(2 * share) * difference * part
                        for row in rows {
                            for column in columns {
                                dStudent[(row * shape.width + column) * shape.channels + c] += slope
                            }
                        }
                    }
                }
            }
        }
        return loss
    }

    /// As PyTorch's `adaptive_avg_pool2d`.
    private static func covered(_ index: Int, of count: Int, _ size: Int) -> Range<Int> {
        index * size / count..<((index + 1) * size + count - 1) / count
    }
}
