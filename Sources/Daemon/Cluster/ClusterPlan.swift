import Foundation
import Manifests

/// What who follows a job on a cluster is told: `cluster/plan.json`, written at each of its starts.
struct ClusterPlan: Codable, Equatable {
    /// Of sbatch, as they follow from the configuration.
    var options: [String]
    /// The worker's program on the nodes, and its first arguments.
    var worker: [String]
    var pollSeconds: Double

    private static func path(_ folder: JobFolder) -> String { Path.join(folder.cluster, "plan.json") }

    /// - Parameters:
    ///   - worker: as it is started here.
    ///   - order: what the job was told about threads and memory.
    init(_ slurm: SlurmConfig, worker: [String], order: WorkOrder) {
        let named = [
            ("partition", slurm.partition), ("account", slurm.account), ("qos", slurm.qos), ("time", slurm.time),
            ("mem", order.memoryBytes.map { "\(($0 >> 20) + Self.programMebibytes)M" }),
        ]
        options =
            named.compactMap { name, value in value.map { "--\(name)=\($0)" } } + ["--cpus-per-task=\(order.threads)"]
            + slurm.options
        self.worker = [slurm.program ?? worker[0]] + worker.dropFirst()
        pollSeconds = slurm.pollSeconds
    }

    /// A job's limit is on what it allocates; the program itself, and its stacks, come to this at most.
    private static let programMebibytes = 256

    func write(to folder: JobFolder) throws {
        try Folder.create(folder.cluster)
        try FileBytes.write(JSONEncoder().encode(self), to: Self.path(folder))
    }

    static func read(from folder: JobFolder) throws -> ClusterPlan {
        let bytes = try FileBytes.read(path(folder)) ?? []
        return try JSONDecoder().decode(ClusterPlan.self, from: Data(bytes))
    }
}
