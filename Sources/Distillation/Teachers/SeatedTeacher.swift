import Compute
import Networks

/// A teacher ready to be asked about batches: its network, what turns the student's input into its own, and the order
/// of its classes.
struct SeatedTeacher {
    /// Holds what it said last, N by the teacher's own classes.
    let network: InferenceNetwork
    private let feed: TeacherFeed
    /// Of each class of the student; empty: the same order.
    private let map: [Int32]
    private let classes: Int
    private let pool: ThreadPool

    /// - Parameters:
    ///   - teacher: that `fits` the data.
    ///   - batch: images at once, at most.
    init(_ teacher: Teacher, data: TrainingData, batch: Int, pool: ThreadPool) {
        let input = Graph.Shape(height: data.height, width: data.width, channels: data.channels)
        network = InferenceNetwork(
            graph: teacher.network.graph, parameters: teacher.network.parameters, maximumBatch: batch, pool: pool)
        feed = TeacherFeed(teacher, input: input, mean: data.mean, std: data.std)
        map = teacher.classMap.map { $0.map { Int32($0) } } ?? []
        classes = data.classes
        self.pool = pool
    }

    /// - Parameter input: N,H,W,C of the student.
    func ask(about input: UnsafePointer<Float>, count: Int) {
        feed.fill(network.input, from: input, count: count, pool: pool)
        network.forward(count: count)
    }

    /// What it said last: N,classes in the student's order.
    func copyLogits(to target: UnsafeMutablePointer<Float>, count: Int) {
        guard !map.isEmpty else { return target.update(from: network.logits, count: count * classes) }
        let width = network.graph.classes
        map.withUnsafeBufferPointer { map in
            for i in 0..<count {
                for c in 0..<classes { target[i * classes + c] = network.logits[i * width + Int(map[c])] }
            }
        }
    }
}
