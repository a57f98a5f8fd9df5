/// What is done to an image before a network sees it, in words and in Python.
package struct Preparation {
    let input: InputSummary

    package init(_ input: InputSummary) { self.input = input }

    private var size: String { "\(input.width) x \(input.height)" }

    private var resized: String {
        switch input.fit {
        case .stretch: "stretched to \(size)"
        case .crop: "scaled to cover \(size) and cut in the middle"
        case .pad: "scaled to fit into \(size) and padded with \(input.background)"
        }
    }

    /// Without the normalization.
    var sentence: String { "\(input.channels == 1 ? "grey" : "RGB") images, \(resized) pixels" }

    private func list(_ values: [Float]) -> String { "[" + values.map { "\($0)" }.joined(separator: ", ") + "]" }
    var mean: String { list(input.mean) }
    var std: String { list(input.std) }

    /// A whole program around `student.onnx` for ONNX Runtime, Pillow and NumPy.
    ///
    /// Pillow's filters are those of distilld (Lanczos to shrink, Keys' cubic with a = -1/2 to grow), so its input
    /// differs from `distilld predict`'s by rounding; a little more where that lets libjpeg shrink a large photograph.
    package var python: String {
        """
        # pip install onnxruntime pillow numpy
        import sys
        import numpy as np
        import onnxruntime as ort
        from PIL import Image, ImageOps

        WIDTH, HEIGHT = \(input.width), \(input.height)
        MEAN = np.array(\(mean), dtype=np.float32)
        STD = np.array(\(std), dtype=np.float32)


        def resized(image, size, box=None):
            x0, y0, x1, y1 = box or (0, 0, image.width, image.height)
            across = Image.LANCZOS if x1 - x0 > size[0] else Image.BICUBIC
            down = Image.LANCZOS if y1 - y0 > size[1] else Image.BICUBIC
            image = image.resize((size[0], image.height), across, box=(x0, 0, x1, image.height))
            return image.resize(size, down, box=(0, y0, size[0], y1))


        def prepare(path):
            image = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
            ground = Image.new("RGBA", image.size, "\(input.background)")
            image = Image.alpha_composite(ground, image).convert("\(input.channels == 1 ? "L" : "RGB")")
        \(fitting)
            x = np.asarray(image, dtype=np.float32).reshape(HEIGHT, WIDTH, \(input.channels)) / 255
            return ((x - MEAN) / STD).transpose(2, 0, 1)[np.newaxis]  # 1 x \(input.channels) x HEIGHT x WIDTH


        labels = open("labels.txt", encoding="utf-8").read().split("\\n")[:-1]
        session = ort.InferenceSession("student.onnx", providers=["CPUExecutionProvider"])
        for path in sys.argv[1:]:
            logits = session.run(["logits"], {"image": prepare(path)})[0][0]
            shares = np.exp(logits - logits.max())
            shares /= shares.sum()
            best = int(shares.argmax())
            print(f"{path}: {labels[best]} {shares[best]:.1%}")

        """
    }

    private var fitting: String {
        switch input.fit {
        case .stretch: "    image = resized(image, (WIDTH, HEIGHT))"
        case .crop:
            """
                scale = min(image.width / WIDTH, image.height / HEIGHT)
                w, h = WIDTH * scale, HEIGHT * scale
                left, top = (image.width - w) / 2, (image.height - h) / 2
                image = resized(image, (WIDTH, HEIGHT), (left, top, left + w, top + h))
            """
        case .pad:
            """
                scale = min(WIDTH / image.width, HEIGHT / image.height)
                w = min(WIDTH, max(1, int(image.width * scale + 0.5)))
                h = min(HEIGHT, max(1, int(image.height * scale + 0.5)))
                canvas = Image.new("RGB", (WIDTH, HEIGHT), "\(input.background)").convert(image.mode)
                canvas.paste(resized(image, (w, h)), ((WIDTH - w) // 2, (HEIGHT - h) // 2))
                image = canvas
            """
        }
    }
}
