/// The machine, the times, and the job as it was run.
enum RunSection {
    static func make(_ report: JobReport) -> Section {
        let machine = report.machine
        let trained = report.models.all.map { "\(Figures.duration($0.trainSeconds)) \($0.role.rawValue)" }
        let memory = report.peakMemoryBytes.map { Figures.bytes($0) } ?? "not known"
        let content: Markup = """
            <dl class="facts">
            <dt>Machine</dt><dd>\(machine.processor), \(Figures.count(machine.threads, "thread")), \
            \(machine.isa) kernels</dd>
            <dt>Started</dt><dd>\(Figures.date(report.started))</dd>
            <dt>Finished</dt><dd>\(Figures.date(report.finished))</dd>
            <dt>Work</dt><dd>\(Figures.duration(report.seconds)), of it training: \
            \(trained.joined(separator: ", "))</dd>
            <dt>Memory</dt><dd>\(memory) at most</dd>
            \(energy(report))\
            <dt>distilld</dt><dd>\(report.version)</dd>
            <dt>Job</dt><dd><code>\(report.jobID)</code></dd>
            </dl>
            <p class="note">The same data and configuration on a machine with the same kernels give the same student, \
            byte for byte, with any number of threads.</p>
            <details><summary>The configuration with every default (job.yaml)</summary>
            <pre tabindex="0">\(report.manifest)</pre></details>
            """
        return Section(id: "run", title: "The run", content: content)
    }

    /// Nothing where nothing measures it.
    private static func energy(_ report: JobReport) -> Markup {
        guard let joules = report.energyJoules else { return "" }
        let power = report.seconds > 0 ? ", \(Figures.fixed(joules / report.seconds, 0)) W on average" : ""
        return """
            <dt>Energy</dt><dd>\(Figures.energy(joules))\(power): what the processors took while the job ran (RAPL), \
            other programs' share included</dd>

            """
    }
}
