/// `MODEL_CARD.md`: the student for the record, with the front matter that model hubs read.
public enum ModelCard {
    public static func render(_ report: JobReport) -> String {
        [
            frontMatter(report), summary(report), figures(report), data(report), limits(report), advice(report),
            use(report),
            origin(report),
        ].joined(separator: "\n")
    }

    /// Cards are published: where a file lay on this machine is nobody's business.
    private static func shared(_ name: String) -> String {
        guard name.hasPrefix("/"), let last = name.split(separator: "/").last else { return name }
        return String(last)
    }

    /// https://huggingface.co/docs/hub/model-cards: `model-index` holds figures as programs read them.
    private static func frontMatter(_ report: JobReport) -> String {
        let student = report.models.student
        let name = Markdown.yaml(report.name)
        return """
            ---
            library_name: onnx
            pipeline_tag: image-classification
            tags:
            - image-classification
            - knowledge-distillation
            - edge
            - distilld
            model-index:
            - name: \(name)
              results:
              - task:
                  type: image-classification
                dataset:
                  name: \(Markdown.yaml(shared(report.data.dataset)))
                  type: imagefolder
                  split: test
                metrics:
                - type: accuracy
                  value: \(student.testAccuracy)
            ---

            """
    }

    private static func summary(_ report: JobReport) -> String {
        let student = report.models.student
        return """
            # \(Markdown.text(report.name))

            \(Markdown.text(report.verdict.sentence))

            An image classifier for \(Figures.count(report.data.classes.count, "class", plural: "classes")), small \
            enough for an edge device: a \(Markdown.code(student.model)) (width \(student.width)) with \
            \(Figures.whole(student.parameters)) parameters and \(Figures.whole(student.multiplyAccumulates)) \
            multiply-adds an image, distilled from a \(Markdown.code(shared(report.models.teacher.model))) by distilld \(report.version).

            """
    }

    private static func figures(_ report: JobReport) -> String {
        var text = """
            ## Figures

            On \(Figures.count(report.models.student.testCount, "test image")); accuracy with its 95% interval. \
            Latency: one image, one thread, \(Markdown.text(report.machine.processor)).


            """
        text += Markdown.row(["network", "accuracy", "95% interval", "parameters", "multiply-adds", "latency"])
        text += Markdown.row(["---", "---:", "---:", "---:", "---:", "---:"])
        for model in report.models.all {
            let interval = model.testInterval95
            text += Markdown.row([
                "\(model.role.rawValue) (\(shared(model.model)))", Figures.percent(model.testAccuracy),
                "\(Figures.fixed(interval.lower * 100, 1)) to \(Figures.percent(interval.upper))",
                Figures.whole(model.parameters), Figures.whole(model.multiplyAccumulates),
                Figures.milliseconds(model.latencyMilliseconds),
            ])
        }
        if let comparison = report.models.studentAgainstBaseline {
            text +=
                "\nThe baseline is the student's network trained without the teacher. The distilled student's lead over "
                + "it is \(Figures.signedPoints(comparison.difference)) points (95% interval "
                + "\(Figures.signedPoints(comparison.interval95.lower)) to "
                + "\(Figures.signedPoints(comparison.interval95.upper))).\n"
        }
        return text + forms(report)
    }

    private static func forms(_ report: JobReport) -> String {
        guard let forms = report.forms, !forms.isEmpty else { return "" }
        var text = "\nEach file as it was when read back:\n\n"
        text += Markdown.row(["file", "numbers", "accuracy", "agreement", "size", "one image", "memory"])
        text += Markdown.row(["---", "---", "---:", "---:", "---:", "---:", "---:"])
        for form in forms where form.problem == nil {
            text += Markdown.row([
                form.file, form.precision.rawValue, form.accuracy.map { Figures.percent($0) } ?? "",
                form.agreement.map { Figures.percent($0, 2) } ?? "", Figures.bytes(form.bytes),
                form.latencyMilliseconds.map { Figures.milliseconds($0) } ?? "", Figures.bytes(form.memoryBytes),
            ])
        }
        if let quantization = report.quantization { text += "\n\(quantization.sentence)\n" }
        return text
    }

    private static func data(_ report: JobReport) -> String {
        let data = report.data
        let names = ClassNames(report)
        let splits = data.splits.map { "\(Figures.whole($0.images)) \($0.name.rawValue)" }.joined(separator: ", ")
        let classes = data.classes.indices.prefix(100).map { Markdown.text(names.short($0)) }.joined(separator: ", ")
        let more = data.classes.count > 100 ? ", and \(data.classes.count - 100) more (`labels.txt` has all)" : ""
        return """
            ## Data

            \(Markdown.text(shared(data.dataset))): \(splits) images; SHA-256 of the decoded content \(Markdown.code(data.contentHash)).

            Classes: \(classes)\(more).

            """
    }

    private static func limits(_ report: JobReport) -> String {
        let warnings = report.warnings + report.data.findings.map(\.message)
        var text = """
            ## Limits

            The figures hold for images like those of the dataset. Images of another camera, another light or of no \
            class at all still get an answer, often a confident one.


            """
        for warning in warnings { text += "- \(Markdown.text(warning))\n" }
        return text
    }

    private static func advice(_ report: JobReport) -> String {
        Advice.all(report).reduce("## Advice\n\n") { text, advice in
            text + "- \(Markdown.text(advice.title)). \(Markdown.text(advice.reason))\n"
        }
    }

    private static func use(_ report: JobReport) -> String {
        """
        ## Use

        `distilld predict . photo.jpg` in this folder, or with ONNX Runtime:

        ```python
        \(Preparation(report.data.input).python)```

        `preprocess.json` says the same to programs; `labels.txt` names the outputs in their order.

        """
    }

    private static func origin(_ report: JobReport) -> String {
        """
        ## Origin

        Job \(Markdown.code(report.jobID)), finished \(Figures.date(report.finished)) after \(Figures.duration(report.seconds)) of \
        work on \(Markdown.text(report.machine.processor)) (\(report.machine.isa), \
        \(Figures.count(report.machine.threads, "thread"))). `job.yaml` repeats the run.

        """
    }
}
