/// Where jobs run.
public enum Executor: String, Codable, Sendable, CaseIterable {
    /// In processes of this machine.
    case local
    /// As batch jobs of a Slurm cluster, in folders that its nodes share with this machine.
    case slurm
}

/// What is asked of Slurm for each job, see sbatch(1). Manifests, which anybody may drop, have no say in it.
public struct SlurmConfig: Codable, Sendable, Equatable {
    /// nil, here and below: as the cluster has it.
    public var partition: String?
    public var account: String?
    public var qos: String?
    /// The longest that a batch job may take, as sbatch(1) writes it. A job that takes longer goes on in another one.
    public var time: String?
    /// Further options of sbatch.
    public var options: [String]
    /// The program on the nodes; nil: where it is here.
    public var program: String?
    /// Seconds between questions to Slurm about a job.
    public var pollSeconds: Double

    public init(
        partition: String? = nil, account: String? = nil, qos: String? = nil, time: String? = nil,
        options: [String] = [], program: String? = nil, pollSeconds: Double = 10
    ) {
        self.partition = partition
        self.account = account
        self.qos = qos
        self.time = time
        self.options = options
        self.program = program
        self.pollSeconds = pollSeconds
    }

    /// Options that are distilld's own: with another value of these a batch job would not be found again.
    static let reserved = [
        "array", "chdir", "clusters", "error", "export", "input", "job-name", "no-requeue", "open-mode", "output",
        "parsable", "requeue", "test-only", "wait", "wrap",
    ]
}

extension ValueKind where Value == String {
    /// A name, or a time, of Slurm's.
    static let slurmName = ValueKind.text("a text of letters, digits and signs without spaces, as sbatch(1) takes it") {
        text throws(Mismatch) in
        guard (1...256).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Mismatch(text.shown)
        }
    }

    /// A whole option of sbatch.
    static let slurmOption = ValueKind.text(
        "long options of sbatch(1), each with its value: \"--constraint=avx512\"; not "
            + SlurmConfig.reserved.map { "--\($0)" }.joined(separator: ", ")
    ) { text throws(Mismatch) in
        guard text.hasPrefix("--"), (3...1024).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw Mismatch(text.shown) }
        // getopt_long(3) takes a beginning for the whole.
        let name = text.dropFirst(2).prefix { $0 != "=" }
        if let own = SlurmConfig.reserved.first(where: { $0.hasPrefix(name) }) {
            throw Mismatch("\(text.shown) (distilld's own --\(own))")
        }
    }
}
