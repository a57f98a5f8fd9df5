import Compute
import Importers
import Networks

/// A teacher ready to be asked about batches: its network, what turns the student's input into its own, and the order
/// of its classes.
struct SeatedTeacher {
    private enum Engine {
        case trained(InferenceNetwork)
        case imported(ImportedNetwork)
    }

    /// What it said last, N by its own classes.
    let logits: UnsafePointer<Float>
    /// Its own.
    let width: Int
    private let engine: Engine
    /// N,H,W,C of its own.
    private let input: UnsafeMutablePointer<Float>
    private let feed: TeacherFeed
    /// Of each class of the student, -1 where it knows nothing of it; empty: the same order.
    private let map: [Int32]
    private let classes: Int
    private let pool: ThreadPool
    /// Where the network keeps each of the activations that were asked for.
    private let taps: [Int]

    /// - Parameters:
    ///   - teacher: that `fits` the data.
    ///   - batch: images at once, at most.
    ///   - precision: of its products.
    ///   - taps: names of nodes whose activations are wanted; it has them all.
    init(
        _ teacher: Teacher, data: TrainingData, batch: Int, precision: Precision = .fp32, taps: [String] = [],
        pool: ThreadPool
    ) {
        switch teacher.network {
        case .trained(let trained):
            self.taps = Array(taps.indices)
            let network = InferenceNetwork(
                graph: trained.graph, parameters: trained.parameters, maximumBatch: batch, precision: precision,
                taps: taps.compactMap { trained.graph.node(named: $0) }, pool: pool)
            (engine, input, logits) = (.trained(network), network.input, UnsafePointer(network.logits))
        case .imported(let model):
            self.taps = taps.compactMap { model.featureNames.firstIndex(of: $0) }
            let network = ImportedNetwork(model, maximumBatch: batch, precision: precision, pool: pool)
            (engine, input, logits) = (.imported(network), network.input, UnsafePointer(network.logits))
        }
        width = teacher.network.classes
        let shape = Graph.Shape(height: data.height, width: data.width, channels: data.channels)
        feed = TeacherFeed(teacher, input: shape, mean: data.mean, std: data.std)
        map = teacher.classMap.map { $0.map { Int32($0) } } ?? []
        precondition(self.taps.count == taps.count, "activations that the teacher does not give")
        classes = data.classes
        self.pool = pool
    }

    /// - Parameter input: N,H,W,C of the student.
    func ask(about input: UnsafePointer<Float>, count: Int) {
        feed.fill(self.input, from: input, count: count, pool: pool)
        switch engine {
        case .trained(let network): network.forward(count: count)
        case .imported(let network): network.forward(count: count)
        }
    }

    /// N,H,W,C of what it saw last: of the tap in this place.
    func tap(_ index: Int) -> UnsafePointer<Float> {
        switch engine {
        case .trained(let network): network.tap(taps[index])
        case .imported(let network): network.feature(taps[index])
        }
    }

    /// What it said last: N,classes in the student's order. A class that it does not know is as likely as the least
    /// likely that it knows.
    func copyLogits(to target: UnsafeMutablePointer<Float>, count: Int) {
        guard !map.isEmpty else { return target.update(from: logits, count: count * classes) }
        map.withUnsafeBufferPointer { map in
            for i in 0..<count {
                let (row, own) = (target + i * classes, logits + i * width)
                var least = Float.infinity
                for c in 0..<classes where map[c] >= 0 {
                    row[c] = own[Int(map[c])]
                    least = min(least, row[c])
                }
                for c in 0..<classes where map[c] < 0 { row[c] = least }
            }
        }
    }
}
