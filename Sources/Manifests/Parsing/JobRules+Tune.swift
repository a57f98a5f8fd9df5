extension JobRules {
    /// What `tune` and `search` mean where only a part of them is written.
    static func applyTuneDefaults(to spec: inout JobSpec, written: Set<String>) {
        if !written.contains("tune.trials"), written.contains("tune") {
            spec.tune.trials = TuneSpec.defaultTrials
        }
        if !spec.looksForMore { spec.tuning = nil }
        if let first = spec.search?.first {
            spec.student.model = first.model
            spec.student.width = first.width
        }
    }

    static func checkTune(_ spec: JobSpec, into reader: inout FieldReader<JobSpec>) {
        let tunes = spec.tune.trials != nil
        if reader.isSound("split.evaluation", "tune", "search"), spec.split.evaluation == 0,
            tunes || spec.search != nil
        {
            let key = tunes ? "tune" : "search"
            reader.refuse(
                "split.evaluation", key, found: "\(key) with evaluation 0, so nothing tells which is better",
                allowed: "an evaluation share above 0, or \(key) none")
        }
        if reader.isSound("tune.objective", "tune.price"), reader.written.contains("tune.price"),
            spec.tune.objective == .accuracy
        {
            reader.warn(
                "tune.price", found: "\(spec.tune.price.short) with objective accuracy, which does not use it",
                advised: "objective accuracy@size or accuracy@latency, or no price")
        }
        if reader.isSound("distillation.peers", "tune", "search"), spec.distillation.peers > 0, spec.looksForMore {
            let key = tunes ? "tune" : "search"
            reader.refuse(
                "distillation.peers", key, found: "students that learn from each other, and \(key)",
                allowed: "peers 0, or \(key) none")
        }
        checkSearch(spec, into: &reader)
    }

    private static func checkSearch(_ spec: JobSpec, into reader: inout FieldReader<JobSpec>) {
        guard reader.isSound("search", "target") else { return }
        guard let search = spec.search else {
            if spec.target != nil {
                reader.refuse(
                    "target", found: "a target without search, so there is only one student",
                    allowed: "a list of students under search, or target none")
            }
            return
        }
        for key in ["student.model", "student.width"] where reader.written.contains(key) {
            reader.refuse(
                key, "search", found: "both search and \(key)",
                allowed: "one of them; every student of search has a model and a width of its own")
            break
        }
        let names = search.map(\.name)
        if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
            reader.refuse(
                "search", found: "\(twice) twice", allowed: "students that differ in model or width")
        }
    }
}
