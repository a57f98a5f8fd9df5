import Compute
import Foundation
import Reporting

extension Machine {
    /// This machine, as its kernel describes it.
    static func current(threads: Int) -> Machine {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        let name = line?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
        return Machine(processor: name ?? "unknown processor", isa: Kernels.standard.isa, threads: threads)
    }
}
