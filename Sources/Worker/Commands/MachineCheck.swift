import CSandbox
import Compute
import Datasets
import Foundation
import Manifests
import Reporting

/// Whether this machine is fit for training: processor, memory, libraries.
public enum MachineCheck {
    private static let gibibyte = 1 << 30
    private static let leastMemory = 1 * gibibyte

    public static func run() -> [Diagnosis] { [processor(), memory(), sandbox()] + libraries() }

    private static func processor() -> Diagnosis {
        let threads = ProcessInfo.processInfo.activeProcessorCount
        let machine = Machine.current(threads: threads)
        let text = "\(machine.processor), \(Figures.count(threads, "thread")), kernels for \(machine.isa)"
        guard machine.isa != "scalar" else {
            return Diagnosis(
                .warning, "processor", text,
                fix:
                    "trains many times slower than with AVX2, AVX-512 or NEON: use another machine, or see whether the "
                    + "virtual machine hides them (and DISTILLD_ISA is not set)")
        }
        return Diagnosis(.ok, "processor", text)
    }

    private static func memory() -> Diagnosis {
        let total = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        let free = ProcessMemory.available ?? total
        func gibibytes(_ bytes: Int) -> String { Figures.fixed(Double(bytes) / Double(gibibyte), 1) }
        let text = "\(gibibytes(free)) of \(gibibytes(total)) GiB available"
        guard free >= leastMemory else {
            return Diagnosis(
                .warning, "memory", text, fix: "end other programs; `distilld check` tells what a job needs")
        }
        return Diagnosis(.ok, "memory", text)
    }

    private static func sandbox() -> Diagnosis {
        let missing = sandbox_missing()
        let lacks = [
            (SANDBOX_NO_LANDLOCK, "Landlock: workers may write wherever this user may"),
            (SANDBOX_NO_SECCOMP, "seccomp: workers may use the network"),
        ].filter { Int(missing) & $0.0 != 0 }.map(\.1)
        guard lacks.isEmpty else {
            return Diagnosis(
                .warning, "sandbox", "the kernel has no \(lacks.joined(separator: ", and no "))",
                fix: "rely on the unit's sandbox (Etc/distilld.service), or take a kernel from 5.13 on that has them on"
            )
        }
        return Diagnosis(.ok, "sandbox", "Landlock and seccomp: workers write in their folders only, without a network")
    }

    private static func libraries() -> [Diagnosis] {
        let archive = LibraryVersions.archive
        let missing = [("zlib", ".zip and .tar.gz"), ("libzstd", ".tar.zst")].filter { !archive.contains($0.0) }
        let jpeg = LibraryVersions.jpeg
        return [
            Diagnosis(.ok, "libpng", LibraryVersions.png),
            jpeg == "unknown"
                ? Diagnosis(
                    .warning, "libjpeg", "not libjpeg-turbo", fix: "decodes slower; build with libjpeg-turbo's headers")
                : Diagnosis(.ok, "libjpeg", "libjpeg-turbo \(jpeg)"),
            missing.isEmpty
                ? Diagnosis(.ok, "libarchive", archive)
                : Diagnosis(
                    .warning, "libarchive",
                    "\(archive) cannot read \(missing.map(\.1).joined(separator: " and "))",
                    fix: "install a libarchive built with \(missing.map(\.0).joined(separator: " and "))"),
        ]
    }
}
