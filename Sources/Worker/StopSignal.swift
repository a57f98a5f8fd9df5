import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Whether this process has been asked to stop, by SIGTERM or SIGINT.
public enum StopSignal {
    private static let asked = Atomic(false)

    /// From now on the first of these signals is remembered; a second SIGINT ends the process at once.
    public static func listen() {
        signal(SIGTERM) { _ in StopSignal.asked.store(true, ordering: .relaxed) }
        signal(SIGINT) { _ in
            if StopSignal.asked.exchange(true, ordering: .relaxed) { _exit(130) }
        }
    }

    public static var isAsked: Bool { asked.load(ordering: .relaxed) }
}
