/// How one part of a batch job stands, as squeue(1) and sacct(1) write it.
struct SlurmStatus: Equatable {
    /// `RUNNING`, `OUT_OF_MEMORY`...
    var state: String
    /// Why it waits, or ended so; may be empty, or `None`.
    var reason = ""

    /// What a state means to whoever waits for the end.
    enum Phase: Equatable {
        /// It runs, or will; a part that was preempted and put back into the queue among them.
        case alive
        /// Its program has ended by itself, well or not.
        case ended
        /// It was ended from outside, and may be started again.
        case displaced
        /// The same, with nothing to be hoped from another start.
        case stopped
    }

    /// JOB STATE CODES of squeue(1). A state that is not known here is a living one: what has not ended must not be
    /// started twice.
    var phase: Phase {
        switch state {
        case "COMPLETED", "FAILED": .ended
        case "TIMEOUT", "PREEMPTED", "NODE_FAIL", "BOOT_FAIL", "REVOKED": .displaced
        case "CANCELLED", "OUT_OF_MEMORY", "DEADLINE": .stopped
        default: .alive
        }
    }

    /// Why it waits, where it does.
    var waitsFor: String? {
        guard ["PENDING", "REQUEUED", "REQUEUE_HOLD", "SPECIAL_EXIT"].contains(state), !reason.isEmpty,
            reason != "None"
        else { return nil }
        return reason
    }

    /// By number of the part; 0 for a batch job that is no array.
    ///
    /// - Parameter text: lines `17_3|RUNNING|None`, as both programs are asked for; sacct has `CANCELLED by 1000`.
    static func parse(_ text: String, job: String) -> [Int: SlurmStatus] {
        var found: [Int: SlurmStatus] = [:]
        for line in text.split(separator: "\n") {
            let values = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            guard values.count >= 2 else { continue }
            let name = values[0].split(separator: "_", maxSplits: 1)
            guard name.first.map(String.init) == job else { continue }
            let part = name.count == 1 ? 0 : Int(name[1])
            guard let part, let state = values[1].split(separator: " ").first else { continue }
            found[part] = SlurmStatus(state: String(state), reason: values.count > 2 ? values[2] : "")
        }
        return found
    }
}
