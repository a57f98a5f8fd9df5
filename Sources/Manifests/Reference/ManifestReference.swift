/// The manual page of the manifest, made from the table that the parser reads by.
public enum ManifestReference {
    /// The content of `Etc/docs/manifest.md`.
    public static func markdown() -> String {
        var page = introduction
        page += keys(of: "", title: "The file itself")
        for section in JobFields.table.sections {
            page += keys(of: section.key, title: "`\(section.key)`: \(section.summary)")
            if section.key == "teacher" { page += teachers }
            if section.key == "distillation" { page += features }
        }
        page += "\n## Everything, with its default\n\n```yaml\n"
        page += JobSpecWriter.yaml(JobSpec(name: "cifar-tiny", dataset: "cifar10.zip"))
        return page + "```\n"
    }

    private static let introduction = """
        # The manifest

        A job is a file `NAME.job.yaml` in the inbox. Its dataset lies in the inbox too, by itself or together with the
        manifest in a folder of their own. Only `dataset` must be given. `distilld check FILE` tells what is wrong with a manifest, and prints it with every
        default filled in, without starting anything.

        ```yaml
        dataset: cifar10.zip
        teacher: { model: resnet20, epochs: 20 }
        student: { model: resnet8, epochs: 30 }
        ```

        A manifest is read strictly: an unknown key, a wrong type, an impossible value or an impossible combination is
        refused with file, line, column, what was found and what is allowed, all at once. Of YAML, anchors, aliases,
        merge keys, tags, duplicate keys, tabs in the indentation and several documents in a file are refused; so are
        truth values other than `true` and `false`, and numbers in octal, hexadecimal or with `_`. A manifest is UTF-8
        and, unless the daemon's configuration says otherwise, at most 1 MiB long. Where a share is asked for, `5%` is
        the same as `0.05`.

        Editors check a manifest as it is written with [manifest.schema.json](manifest.schema.json): where YAML's
        language server is at work, begin the file with
        `# yaml-language-server: $schema=PATH/manifest.schema.json`.

        This page is generated from the table that the parser works by.

        """

    private static func keys(of section: String, title: String) -> String {
        let prefix = section.isEmpty ? "" : section + "."
        let fields = JobFields.table.fields.filter { field in
            field.key.hasPrefix(prefix) && !field.key.dropFirst(prefix.count).contains(".")
        }
        var text = "\n## \(title)\n\n"
        if let shorthand = JobFields.table.section(section)?.shorthand {
            text += "Instead of a mapping also one value: \(shorthand.allowed)."
            if section == "training.augment" {
                text += " Keys left out of a mapping are those of `standard`.\n\n\(augmentPresets)\n"
            } else {
                text += " It stands for `\(shorthand.key)`.\n\n"
            }
        }
        text += "| key | default | allowed | meaning |\n|---|---|---|---|\n"
        for field in fields {
            let own = field.key.dropFirst(prefix.count)
            let meaning = field.summary.capitalizedSentence + (field.detail.isEmpty ? "" : " " + field.detail)
            text += "| `\(own)` | \(standard(field)) | \(field.allowed.cell) | \(meaning.cell) |\n"
        }
        return text
    }

    /// The keys of an entry of `teachers`.
    private static var teachers: String {
        let entry = TeacherSpec(.defaultTeacher)
        var text = "\n## `teachers`: \(JobFields.teachers.summary)\n\n\(teachersExample)\n"
        text += "| key | default | allowed | meaning |\n|---|---|---|---|\n"
        return text + rows(of: JobFields.teacher, entry)
    }

    /// The keys of an entry of `distillation.features`.
    private static var features: String {
        var text = "\n## `distillation.features`: losses on activations\n\n\(featuresExample)\n"
        text += "| key | default | allowed | meaning |\n|---|---|---|---|\n"
        return text + rows(of: JobFields.feature, FeatureSpec(.at))
    }

    private static func rows<Entry>(of table: FieldTable<Entry>, _ entry: Entry) -> String {
        table.fields.map { field in
            let standard = table.required.contains(field.key) ? "must be given" : field.write(entry).code
            let meaning = field.summary.capitalizedSentence + (field.detail.isEmpty ? "" : " " + field.detail)
            return "| `\(field.key)` | \(standard) | \(field.allowed.cell) | \(meaning.cell) |\n"
        }.joined()
    }

    private static let featuresExample = """
        A list; each entry a method alone or a mapping of the keys below. Without names the layers are found: `at`
        compares the ends of all stages, `fitnets` the middle one, `sp` the last, `rkd` and `crd` what the classifier
        reads, `reviewkd` all of them.

        ```yaml
        dataset: cifar10.zip
        distillation:
          features:
            - at
            - { method: fitnets, weight: 50, student: stage2.0.act, teacher: stage2.2.act }
        ```

        """

    private static let teachersExample = """
        A list; each entry a model alone or a mapping of the keys below. They are trained one after the other, and
        `distillation.combine` says how they teach together.

        ```yaml
        dataset: cifar10.zip
        teachers:
          - resnet20
          - { model: wrn-16-2, epochs: 40, weight: 2 }
        ```

        """

    /// The default of a key, and that with AdamW, or with Hinton's loss, where it is another.
    private static func standard(_ field: Field<JobSpec>) -> String {
        if JobFields.table.required.contains(field.key) { return "must be given" }
        if field.key == "name" { return "the file's name" }
        let plain = JobSpec(name: "name", dataset: "dataset")
        var (adamw, hinton) = (plain, plain)
        adamw.training = .defaults(for: .adamw)
        hinton.distillation = DistillationSpec(method: .kd)
        var text = field.write(plain).code
        for (key, names, spec) in [
            ("training.optimizer", "adamw", adamw), ("distillation.method", "kd and dkd", hinton),
        ] where field.key != key && field.write(spec) != field.write(plain) {
            text += "; with \(names) \(field.write(spec).code)"
        }
        return text
    }

    private static var augmentPresets: String {
        let fields = JobFields.table.fields.filter { $0.key.hasPrefix("training.augment.") }
        var text = "| word | " + fields.map { "\($0.key.split(separator: ".")[2])" }.joined(separator: " | ") + " |\n"
        text += "|---" + String(repeating: "|---", count: fields.count) + "|\n"
        for preset in AugmentSpec.presets {
            var spec = JobSpec(name: "name", dataset: "dataset")
            spec.training.augment = preset.spec
            text += "| \(preset.name.code) | " + fields.map { $0.write(spec).code }.joined(separator: " | ") + " |\n"
        }
        return text
    }
}

extension String {
    fileprivate var code: String { "`\(self)`" }

    /// Safe inside a cell of a table.
    fileprivate var cell: String {
        var text = ""
        for character in self { text += character == "|" ? "\\|" : String(character) }
        return text
    }

    fileprivate var capitalizedSentence: String {
        guard let first else { return self }
        return first.uppercased() + dropFirst() + "."
    }
}
