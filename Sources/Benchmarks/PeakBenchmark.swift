import CKernels
import Compute

/// The multiply-adds that all threads together can do when nothing else holds them up.
enum PeakBenchmark {
    static func row(_ settings: BenchmarkSettings, pool: ThreadPool) -> BenchmarkRow {
        let (timing, operations) = measure(pool, seconds: settings.seconds)
        return BenchmarkRow(
            "peak", "\(Kernels.standard.isa) multiply-add", settings: settings, timing: timing, operations: operations)
    }

    /// In 10^9 operations a second, for a comparison with what is measured right after.
    static func gflops(_ pool: ThreadPool) -> Double {
        let (timing, operations) = measure(pool, seconds: 0.2)
        return operations / timing.best / 1e9
    }

    private static func measure(_ pool: ThreadPool, seconds: Double) -> (Timing, operations: Double) {
        let kernels = Kernels.standard
        // One task a thread, long enough that starting them does not count.
        let rounds: Int64 = 1 << 20
        let sinks = FloatBuffer(count: pool.threads * 16)
        let each = kernels.table.pointee.multiply_adds(1, sinks.base)
        let timing = Timing.of(seconds: seconds) {
            pool.run(pool.threads) { task, _ in
                _ = kernels.table.pointee.multiply_adds(rounds, sinks.base + task * 16)
            }
        }
        return (timing, Double(each) * Double(rounds) * Double(pool.threads))
    }
}
