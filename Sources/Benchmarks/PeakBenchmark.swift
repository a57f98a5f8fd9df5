import CKernels
import Compute

/// The multiply-adds that all threads together can do when nothing else holds them up.
enum PeakBenchmark {
    static func row(_ settings: BenchmarkSettings, pool: ThreadPool) -> BenchmarkRow {
        let (timing, operations) = measure(pool, settings.precision, seconds: settings.seconds)
        return BenchmarkRow(
            "peak", "\(isa(settings)) multiply-add", settings: settings, timing: timing, operations: operations)
    }

    /// In 10^9 operations a second, for a comparison with what is measured right after.
    static func gflops(_ pool: ThreadPool, _ precision: BenchmarkSettings.Precision = .fp32) -> Double {
        let (timing, operations) = measure(pool, precision, seconds: 0.2)
        return operations / timing.best / 1e9
    }

    private static func isa(_ settings: BenchmarkSettings) -> String {
        switch settings.precision {
        case .fp32: Kernels.standard.isa
        case .bf16: String(cString: Kernels.standard.halves.pointee.isa)
        case .int8: IntegerKernels.standard.isa
        }
    }

    private static func measure(
        _ pool: ThreadPool, _ precision: BenchmarkSettings.Precision, seconds: Double
    ) -> (Timing, operations: Double) {
        let (kernels, integers) = (Kernels.standard, IntegerKernels.standard.table)
        func spin(_ rounds: Int64, _ result: UnsafeMutablePointer<Float>) -> Int64 {
            switch precision {
            case .fp32: kernels.table.pointee.multiply_adds(rounds, result)
            case .bf16: kernels.halves.pointee.multiply_adds(rounds, result)
            case .int8: integers.pointee.multiply_adds(rounds, result)
            }
        }
        // One task a thread, long enough that starting them does not count.
        let rounds: Int64 = 1 << 20
        let sinks = FloatBuffer(count: pool.threads * 16)
        let each = spin(1, sinks.base)
        let timing = Timing.of(seconds: seconds) {
            pool.run(pool.threads) { task, _ in _ = spin(rounds, sinks.base + task * 16) }
        }
        return (timing, Double(each) * Double(rounds) * Double(pool.threads))
    }
}
