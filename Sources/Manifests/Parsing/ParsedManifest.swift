/// A manifest that can be run, and what a practitioner would remark about it.
public struct ParsedManifest: Sendable, Equatable {
    public var spec: JobSpec
    /// Things that work but are probably not meant, in the order of the file.
    public var warnings: [ManifestProblem]

    public init(spec: JobSpec, warnings: [ManifestProblem]) {
        self.spec = spec
        self.warnings = warnings
    }
}
