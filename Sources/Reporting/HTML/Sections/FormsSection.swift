/// The files that hold the student, each as it was when read back.
enum FormsSection {
    static func make(_ report: JobReport) -> Section? {
        guard let forms = report.forms, !forms.isEmpty else { return nil }
        let rows = forms.map { form -> Markup in
            """
            <tr><td class="path">\(Markup.path(form.file))</td><td>\(form.precision.rawValue)</td>\
            <td>\(figure(form.accuracy) { Figures.percent($0) })</td>\
            <td>\(figure(form.agreement) { Figures.percent($0, 2) })</td>\
            <td>\(Figures.bytes(form.bytes))</td>\
            <td>\(figure(form.latencyMilliseconds) { Figures.milliseconds($0) })</td>\
            <td>\(Figures.bytes(form.memoryBytes))</td>\
            <td class="text">\(form.problem.map { "Not published: \($0)" } ?? form.check)</td></tr>

            """
        }
        let content: Markup = """
            <p class="note">Every file was read back and asked about the test images before it was published. Agreement: \
            images that it answers as the student in single precision does. Memory: activations for one image.</p>
            \(report.quantization.map { "<p class=\"note\">\($0.sentence)</p>\n" as Markup } ?? "")\
            \(reference(report).map { "<p class=\"note\">\($0)</p>\n" as Markup } ?? "")\
            <div class="scroll" tabindex="0"><table class="forms">
            <thead><tr><th scope="col" class="text">Form</th><th scope="col">Numbers</th><th scope="col">Accuracy</th>\
            <th scope="col">Agreement</th><th scope="col">Size</th><th scope="col">One image</th>\
            <th scope="col">Memory</th><th scope="col" class="text">Check</th></tr></thead>
            <tbody>\(rows)</tbody>
            </table></div>
            """
        return Section(id: "forms", title: "The student on the device", content: content)
    }

    /// What another project asks of the same task on the same kind of network.
    private static func reference(_ report: JobReport) -> Markup? {
        let input = report.data.input
        guard report.job.student.model == "resnet8", report.job.student.width == 1, input.width == 32,
            input.height == 32, report.data.classes.count == 10
        else { return nil }
        return """
            For comparison: the reference ResNet that MLPerf Tiny has for CIFAR-10 (Banbury et al. 2021) takes 96 kB in \
            8-bit integers, and 85% of its answers are to be right.
            """
    }

    private static func figure(_ value: Double?, _ text: (Double) -> String) -> Markup {
        value.map { "\(text($0))" } ?? "&#8211;"
    }
}
