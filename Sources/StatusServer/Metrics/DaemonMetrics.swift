import Daemon
import Foundation
import Ledger

/// What the daemon can be watched by. Every value is read from the ledger, the disks and the system when it is asked
/// for, so that it is right after any restart, and costs nothing while nobody asks.
struct DaemonMetrics {
    let site: Site

    func text() async throws -> String {
        let counts = try await site.ledger().counts()
        let report = try await site.status(history: 0)
        var text = MetricsText()
        text.add(
            "distilld_build_info", .gauge, "1, labelled with the version that runs.",
            [(labels: [("version", site.version)], value: 1)])
        text.add("distilld_up", .gauge, "Whether the daemon runs.", report.isDaemonRunning ? 1 : 0)
        addJobs(&text, counts, report)
        addRunning(&text, counts)
        addMachine(&text)
        return text.text
    }

    private func addJobs(_ text: inout MetricsText, _ counts: LedgerReader.Counts, _ report: StatusReport) {
        text.add(
            "distilld_jobs", .gauge, "Jobs that wait or run, by state.",
            [JobState.queued, .running].map { (labels: [("state", $0.rawValue)], value: Double(counts.jobs[$0] ?? 0)) })
        text.add(
            "distilld_jobs_finished_total", .counter, "Jobs that have ended, by how.",
            JobState.allCases.filter(\.isFinal).map {
                (labels: [("state", $0.rawValue)], value: Double(counts.jobs[$0] ?? 0))
            })
        text.add(
            "distilld_jobs_held", .gauge, "Queued jobs that cannot start, because something they need is missing.",
            Double(report.queued.filter { $0.waitsFor != nil }.count))
        let waits = report.queued.filter { $0.waitsFor == nil }.map { report.time.timeIntervalSince($0.queuedAt) }
        text.add(
            "distilld_queue_oldest_seconds", .gauge, "For how long the oldest job that could start has waited.",
            max(0, waits.max() ?? 0))
        text.add(
            "distilld_inbox_waiting", .gauge, "Manifests in the inbox that wait for their data.",
            Double(report.notes.filter { $0.kind == .waiting }.count))
    }

    private func addRunning(_ text: inout MetricsText, _ counts: LedgerReader.Counts) {
        func samples(_ value: (JobRecord, JobProgress?) -> Double?) -> [(labels: [(String, String)], value: Double)] {
            counts.running.compactMap { job in
                value(job, counts.progress[job.id]).map { (labels: [("job_id", job.id)], value: $0) }
            }
        }
        text.add(
            "distilld_job_stage_info", .gauge, "1, labelled with the stage that a running job is in.",
            counts.running.compactMap { job in
                counts.progress[job.id]?.stage.map { (labels: [("job_id", job.id), ("stage", $0)], value: 1) }
            })
        text.add(
            "distilld_job_epoch", .gauge, "The last epoch that ended in the stage, counted from 1.",
            samples { $1?.epoch.map(Double.init) })
        text.add(
            "distilld_job_epochs", .gauge, "Epochs that the stage has.", samples { $1?.epochs.map(Double.init) })
        text.add(
            "distilld_job_accuracy_ratio", .gauge, "Share of right answers on the evaluation split after that epoch.",
            samples { $1?.accuracy })
        text.add(
            "distilld_job_images_per_second", .gauge, "Training images a second in that epoch.",
            samples { $1?.imagesPerSecond })
        text.add(
            "distilld_job_progress_age_seconds", .gauge, "Time since a running job's worker last said something.",
            samples { _, progress in progress.map { max(0, Date().timeIntervalSince($0.updatedAt)) } })
        text.add(
            "distilld_job_resident_memory_bytes", .gauge, "Memory that a running job's worker holds.",
            samples { job, _ in job.workerPID.flatMap(MachineFacts.residentBytes(of:)).map(Double.init) })
        text.add(
            "distilld_job_crashes", .gauge, "Crashes of a running job's worker since it last got further.",
            samples { job, _ in Double(job.crashes) })
    }

    private func addMachine(_ text: inout MetricsText) {
        let machine = MachineFacts(site.config)
        let disks = machine.disks.flatMap { disk in disk.folders.map { ($0, disk.space) } }
        text.add(
            "distilld_disk_available_bytes", .gauge, "Bytes that can still be written where a folder lies.",
            disks.map { (labels: [("folder", $0.0)], value: Double($0.1.available)) })
        text.add(
            "distilld_disk_size_bytes", .gauge, "Size of the file system where a folder lies.",
            disks.map { (labels: [("folder", $0.0)], value: Double($0.1.total)) })
        text.add(
            "distilld_memory_available_bytes", .gauge, "Memory of the machine that programs can still have.",
            machine.memoryAvailable.map(Double.init))
        let usage = ProcessUsage.own()
        text.add("process_cpu_seconds_total", .counter, "Processor time that the daemon has used.", usage.cpuSeconds)
        text.add(
            "process_resident_memory_bytes", .gauge, "Memory that the daemon holds.",
            MachineFacts.residentBytes(of: Int(getpid())).map(Double.init))
        text.add(
            "process_start_time_seconds", .gauge, "When the daemon was started, since 1970.", usage.startTime)
        text.add("process_open_fds", .gauge, "Files that the daemon has open.", usage.openFiles.map(Double.init))
    }
}

/// What a process has used of the machine, by proc(5).
struct ProcessUsage {
    var cpuSeconds: Double
    /// Seconds since 1970.
    var startTime: Double?
    var openFiles: Int?

    static func own() -> ProcessUsage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return ProcessUsage(
            cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), startTime: startTime(),
            openFiles: try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count)
    }

    private static func startTime() -> Double? {
        guard let own = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let rest = own.split(separator: ")").last,
            let system = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
            let boot = system.split(separator: "\n").first(where: { $0.hasPrefix("btime ") })?.split(separator: " "),
            boot.count == 2, let bootTime = Double(boot[1])
        else { return nil }
        // Field 22 of the file; the fields after the name begin with 3.
        let fields = rest.split(separator: " ")
        guard fields.count > 19, let ticks = Double(fields[19]) else { return nil }
        return bootTime + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
