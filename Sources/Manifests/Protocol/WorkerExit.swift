/// How a worker's process ends when it has not simply finished (0) or failed (1), after sysexits(3).
public enum WorkerExit {
    /// EX_TEMPFAIL: stopped at a checkpoint, to be run again.
    public static let suspended: Int32 = 75
    /// EX_OSERR: it ran into its order's limit on memory.
    public static let exhausted: Int32 = 71
    /// EX_UNAVAILABLE: it goes on once trials have been trained elsewhere, see `TrialList`.
    public static let awaiting: Int32 = 69
    /// EX_NOHOST: the cluster took its node away; to be run again.
    public static let displaced: Int32 = 68
}
