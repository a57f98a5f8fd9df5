/// Writes a resolved job back as YAML: the `job.yaml` of a job's folder.
public enum JobSpecWriter {
    /// Every key with its value and a short comment. `ManifestParser.parse` of it gives `spec` again, so dropping
    /// the file in beside the dataset repeats the run.
    public static func yaml(_ spec: JobSpec) -> String {
        let head = """
            # A distilld job with every setting filled in.
            # Drop this file into the inbox again, with the dataset, to repeat the run.

            """
        return head + FieldWriter(table: JobFields.table).yaml(spec)
    }
}

extension JobSpec {
    /// Every key of a resolved manifest, dotted (`training.learningRate`), with its value as YAML, in the manifest's order.
    public var settings: [(key: String, value: String)] {
        JobFields.table.fields.filter { $0.isWritten(self) }.map { ($0.key, $0.write(self)) }
    }
}
