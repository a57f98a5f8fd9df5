/// How to put the student to work.
enum UseSection {
    static func make(_ report: JobReport) -> Section {
        let preparation = Preparation(report.data.input)
        let order = report.data.input.channels == 1 ? "one channel, grey" : "three channels in RGB order"
        let content: Markup = """
            <p>Where distilld is installed, in this folder:</p>
            <pre tabindex="0">distilld predict . photo.jpg</pre>
            <p>Anywhere else, with ONNX Runtime. What must be done to an image first is done here in full; \
            <a href="preprocess.json">preprocess.json</a> says the same to programs, and \
            <a href="labels.txt">labels.txt</a> names the outputs in their order.</p>
            <dl class="facts">
            <dt>Input <code>image</code></dt><dd>32-bit floats, N x \(report.data.input.channels) x \
            \(report.data.input.height) x \(report.data.input.width): \(order)</dd>
            <dt>Values</dt><dd>(v / 255 - mean) / std for v of 0 to 255</dd>
            <dt>mean</dt><dd><code>\(preparation.mean)</code></dd>
            <dt>std</dt><dd><code>\(preparation.std)</code></dd>
            <dt>Output <code>logits</code></dt><dd>N x \(report.data.classes.count); softmax makes them probabilities</dd>
            </dl>
            <pre tabindex="0">\(preparation.python)</pre>
            """
        return Section(id: "use", title: "Use the student", content: content)
    }
}
