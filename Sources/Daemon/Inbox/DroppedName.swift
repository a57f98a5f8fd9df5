/// What a name in the inbox stands for.
enum DroppedName {
    /// `NAME.job.yaml`, `NAME.job.yml`, and `job.yaml` as finished jobs leave it.
    static func isManifest(_ name: String) -> Bool {
        guard !UnfinishedName.matches(name) else { return false }
        return ["job.yaml", "job.yml"].contains { name == $0 || name.hasSuffix("." + $0) }
    }

    static func isArchive(_ name: String) -> Bool {
        [".zip", ".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst"].contains(where: name.lowercased().hasSuffix)
    }

    /// `cifar` for `cifar.cancel`; nil where the name is another.
    static func cancelled(_ name: String) -> String? {
        let suffix = ".cancel"
        guard name.hasSuffix(suffix), name.count > suffix.count, !name.hasPrefix(".") else { return nil }
        return String(name.dropLast(suffix.count))
    }

    /// Whether a person who writes `wanted` means this job: its identifier, its name, or its manifest's name with or
    /// without `.job.yaml`.
    static func matches(_ wanted: String, id: String?, name: String?, manifest: String) -> Bool {
        let manifest = Path.name(of: manifest)
        if wanted == id || wanted == name || wanted == manifest { return true }
        return [".job.yaml", ".job.yml", ".yaml", ".yml"].contains { wanted + $0 == manifest }
    }
}
