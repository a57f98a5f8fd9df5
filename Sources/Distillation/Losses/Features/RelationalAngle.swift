import Compute

/// Relational distillation by angle (Park, Kim, Lu and Cho 2019, "Relational knowledge distillation"): seen from each
/// image, two others stand at the angle that they have for the teacher. With e[i,j] the unit vector from image i to j,
///
///     mean over all triples of huber(e[i,j] · e[i,k] (student) - e[i,j] · e[i,k] (teacher))
///
/// The paper weighs it with 50. It costs N^3 products of rows: meant for the last activations before the classifier.
public final class RelationalAngle {
    /// The paper's.
    public static let standardWeight = 50.0
    private static let smallest: Float = 1e-12
    /// In which the images from where others are seen are cut, a task each.
    private static let chunks = 8

    private let count, studentValues, teacherValues: Int
    private let places: [Place]

    /// The memory of a task.
    private struct Place {
        let student, teacher: RowProducts
        /// N,values: unit vectors to all images.
        let own, other: FloatBuffer
        /// N,N: their products; `cosines` becomes the slope by them.
        let cosines, wanted: FloatBuffer
        /// N: of the lines to all images.
        let lengths: FloatBuffer
        /// N,studentValues: by the unit vectors, and by the values.
        let de, gradient: FloatBuffer
        /// In a task there are no others.
        let alone = ThreadPool(threads: 1)
    }

    /// - Parameters:
    ///   - studentValues, teacherValues: of an image.
    ///   - count: images, N.
    public init(studentValues: Int, teacherValues: Int, count: Int) {
        self.count = count
        self.studentValues = studentValues
        self.teacherValues = teacherValues
        places = (0..<Self.chunks).map { _ in
            Place(
                student: RowProducts(count: count, values: studentValues),
                teacher: RowProducts(count: count, values: teacherValues),
                own: FloatBuffer(count: count * studentValues), other: FloatBuffer(count: count * teacherValues),
                cosines: FloatBuffer(count: count * count), wanted: FloatBuffer(count: count * count),
                lengths: FloatBuffer(count: count), de: FloatBuffer(count: count * studentValues),
                gradient: FloatBuffer(count: count * studentValues))
        }
    }

    /// The loss, and its gradient by the student's values: with g the slope by the product, de[i,j] = 2 Σ g e[i,k] over
    /// k, and by the line from i to j it is (de - e (e · de)) / length.
    ///
    /// - Parameters:
    ///   - student, dStudent: N,studentValues.
    ///   - teacher: N,teacherValues.
    ///   - pool: does not change the result.
    public func evaluate(
        student: UnsafePointer<Float>, teacher: UnsafePointer<Float>, dStudent: UnsafeMutablePointer<Float>,
        pool: ThreadPool
    ) -> Double {
        var losses = [Double](repeating: 0, count: Self.chunks)
        losses.withUnsafeMutableBufferPointer { losses in
            pool.run(Self.chunks) { chunk, _ in
                losses[chunk] = evaluate(
                    from: chunk * count / Self.chunks..<(chunk + 1) * count / Self.chunks, student: student,
                    teacher: teacher, places[chunk])
            }
        }
        let values = count * studentValues
        dStudent.update(from: places[0].gradient.base, count: values)
        for place in places.dropFirst() {
            let part = place.gradient.base
            for i in 0..<values { dStudent[i] += part[i] }
        }
        return losses.reduce(0, +)
    }

    /// Of the angles at some of the images.
    private func evaluate(
        from images: Range<Int>, student: UnsafePointer<Float>, teacher: UnsafePointer<Float>, _ place: Place
    ) -> Double {
        let (own, de, gradient) = (place.own.base, place.de.base, place.gradient.base)
        let (cosines, wanted, lengths) = (place.cosines.base, place.wanted.base, place.lengths.base)
        let share = 1 / Float(count * count * count)
        gradient.update(repeating: 0, count: count * studentValues)
        var loss = 0.0
        for i in images {
            Self.directions(teacher, teacherValues, count, from: i, into: place.other.base, lengths)
            place.teacher.similarities(place.other.base, to: wanted, pool: place.alone)
            Self.directions(student, studentValues, count, from: i, into: own, lengths)
            place.student.similarities(own, to: cosines, pool: place.alone)
            for k in 0..<count * count {
                let (value, slope) = Rows.huber(cosines[k] - wanted[k])
                loss += value
                cosines[k] = 2 * share * slope
            }
            place.student.mix(cosines, own, to: de, pool: place.alone)
            // An image stands in no direction from itself, nor one that lies where it lies.
            for j in 0..<count where lengths[j] > Self.smallest {
                let (e, d) = (own + j * studentValues, de + j * studentValues)
                let along = Float(Rows.product(e, d, studentValues))
                for v in 0..<studentValues {
                    let slope = (d[v] - e[v] * along) / lengths[j]
                    gradient[j * studentValues + v] += slope
                    gradient[i * studentValues + v] -= slope
                }
            }
        }
        return loss * Double(share)
    }

    private static func directions(
        _ x: UnsafePointer<Float>, _ values: Int, _ count: Int, from i: Int,
        into result: UnsafeMutablePointer<Float>, _ lengths: UnsafeMutablePointer<Float>
    ) {
        for j in 0..<count {
            let e = result + j * values
            lengths[j] = Rows.difference(from: x + i * values, to: x + j * values, values, into: e)
            let inverse = 1 / max(lengths[j], smallest)
            for v in 0..<values { e[v] *= inverse }
        }
    }
}
