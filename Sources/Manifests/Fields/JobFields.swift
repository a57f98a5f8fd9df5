/// Every key of a manifest: the one source of what the parser accepts, the writer writes and the reference says.
enum JobFields {
    static let table = FieldTable<JobSpec>(
        sections: sections,
        fields: general + input + split + networks + own + distillation + training + augment + device + tune + search
            + running,
        required: ["dataset"], synonyms: synonyms)

    private static let sections: [Section<JobSpec>] = [
        Section("input", "what the networks are fed"),
        Section("split", "only where the dataset has no such folders"),
        Section(
            "teacher", "the network that teaches",
            shorthand: .init("teacher.model", \.teacher.model, .presetOrStudent)),
        Section(
            "student", "the network that learns from it",
            shorthand: .init("student.model", \.student.model, .preset)),
        Section("distillation", "loss = (1 - alpha) CE + alpha soft(teacher)"),
        Section("training", "for teacher, student and baseline alike"),
        Section(
            "training.augment", "random changes to training images",
            shorthand: .init("training.augment", \.training.augment, .augmentPreset)),
        Section(
            "tune", "look for better settings first",
            shorthand: .init(
                "tune.trials", \.tune.trials, .optional(.whole(4...1000), none: "none", meaning: "nothing is tuned"))),
    ]

    private static let general: [Field<JobSpec>] = [
        Field(
            "name", \.name, .jobName, "shown in the report and part of the job's folder name",
            detail: "Without it the file's name is taken, less `.job.yaml`."),
        Field(
            "dataset", \.dataset, .text(DatasetPath.allowed, check: DatasetPath.check), "folder or archive",
            detail: "A folder a class (with or without `train/`, `val/`, `test/` above them), or images beside a "
                + "`labels.csv`; images without a label in `unlabelled/`; as a folder, .zip, .tar, .tar.gz or .tar.zst. A relative path may not lead upwards."
        ),
    ]

    private static let input: [Field<JobSpec>] = [
        Field(
            "input.width", \.input.width, .optional(.whole(8...1024), none: "auto", meaning: "chosen from the data"),
            "pixels; with height, or neither"),
        Field(
            "input.height", \.input.height, .optional(.whole(8...1024), none: "auto", meaning: "chosen from the data"),
            "pixels"),
        Field(
            "input.channels", \.input.channels,
            .optional(
                .choice(synonyms: [
                    "grey": "gray", "greyscale": "gray", "grayscale": "gray", "1": "gray", "3": "rgb", "color": "rgb",
                ]), none: "auto", meaning: "chosen from the data"),
            "colours: rgb or gray"),
        Field(
            "input.fit", \.input.fit,
            .choice(synonyms: [
                "resize": "stretch", "scale": "stretch", "squash": "stretch", "centercrop": "crop", "cover": "crop",
                "letterbox": "pad", "contain": "pad",
            ]), "how other aspect ratios are made to fit",
            detail: "`stretch` scales both sides, `crop` cuts the longer one, `pad` adds bars in `background`."),
        Field(
            "input.background", \.input.background, .color, "under transparent pixels and beside padded ones"),
    ]

    private static let split: [Field<JobSpec>] = [
        Field(
            "split.evaluation", \.split.evaluation,
            .optional(
                .share(NumberRange(low: 0, high: 1, highIsOpen: true)), none: "auto",
                meaning: "a tenth of the training images, at most 2,000"),
            "share kept for choosing the best epoch",
            detail: "Stratified by class and drawn by `seed`. 0: none, and the last epoch is kept."),
        Field(
            "split.test", \.split.test,
            .optional(
                .share(NumberRange(low: 0, high: 1, highIsOpen: true)), none: "auto", meaning: "a tenth of all images"),
            "share kept for the figures of the report",
            detail: "Touched once, at the end."),
        Field(
            "maxCorrupt", \.maxCorrupt, .share(NumberRange(low: 0, high: 1)),
            "share of broken images above which the job fails",
            detail: "A broken image is left out and named in the report."),
    ]

    private static let networks: [Field<JobSpec>] =
        network(
            "teacher", model: \.teacher.model, kind: .presetOrStudent, width: \.teacher.width, epochs: \.teacher.epochs
        ) {
            $0.teachers == nil && $0.teacherFile == nil && $0.distillation.peers == 0
        }
        + teacherFile("teacher.") + [teachers, assistants]
        + network("student", model: \.student.model, kind: .preset, width: \.student.width, epochs: \.student.epochs) {
            _ in
            true
        }

    private static func network(
        _ key: String, model: WritableKeyPath<JobSpec, String> & Sendable, kind: ValueKind<String>,
        width: WritableKeyPath<JobSpec, Double> & Sendable, epochs: WritableKeyPath<JobSpec, Int> & Sendable,
        isWritten: @escaping @Sendable (JobSpec) -> Bool
    ) -> [Field<JobSpec>] {
        [
            Field("\(key).model", model, kind, "a preset", isWritten: isWritten),
            Field("\(key).width", width, .number(0.125...8), "factor on its channel counts", isWritten: isWritten),
            Field(
                "\(key).epochs", epochs, .whole(1...10_000), "passes over the training images", isWritten: isWritten),
        ]
    }

    private static let device: [Field<JobSpec>] = [
        Field(
            "quantize", \.quantization.mode,
            .choice(synonyms: [
                "int8": "auto", "true": "auto", "yes": "auto", "on": "auto", "default": "auto", "false": "none",
                "no": "none", "off": "none", "fp32": "none", "static": "ptq", "posttraining": "ptq", "training": "qat",
                "finetune": "qat", "aware": "qat",
            ]), "to 8-bit integers: auto, ptq, qat or none",
            detail: "`ptq` rounds the trained student. `qat` trains it on with values and weights rounded, under its "
                + "teachers, for a fifth of its epochs (Jacob et al. 2018), and keeps the better one. `auto` does so where "
                + "`ptq` loses more than `maxDrop`. `none` leaves out `student.int8.onnx` and `student.h`."),
        Field(
            "maxDrop", \.quantization.maxDrop, .number(0...100), "points of accuracy that integers may lose",
            detail: "On the evaluation split, against the student in single precision. More is said in the report."),
    ]

    private static let running: [Field<JobSpec>] = [
        Field(
            "baseline", \.baseline, .flag, "also train the student alone, to compare",
            detail: "Takes about as long as training the student."),
        Field(
            "seed", \.seed, .seed, "same seed, data and machine: same bytes",
            detail: "Of the split, the initial weights, the order of images and their augmentation."),
        Field("priority", \.priority, .whole(-100...100), "larger runs first among waiting jobs"),
    ]

    /// What other tools call these keys.
    static let synonyms: [String: String] = [
        "lr": "learningRate", "rate": "learningRate", "maxlr": "learningRate", "baselr": "learningRate",
        "wd": "weightDecay", "decay": "weightDecay", "l2": "weightDecay", "bs": "batch", "batchsize": "batch",
        "optim": "optimizer", "opt": "optimizer", "solver": "optimizer", "scheduler": "schedule",
        "lrscheduler": "schedule", "lrschedule": "schedule", "beta1": "momentum", "smoothing": "labelSmoothing",
        "augmentation": "augment", "augmentations": "augment", "aug": "augment", "transforms": "augment",
        "gradientclip": "clipGradient", "gradclip": "clipGradient", "clipnorm": "clipGradient",
        "gradclipnorm": "clipGradient", "maxgradnorm": "clipGradient", "gradientclipping": "clipGradient",
        "earlystopping": "patience", "earlystop": "patience", "emadecay": "ema", "warmupratio": "warmup",
        "pctstart": "warmup", "data": "dataset", "path": "dataset", "images": "dataset", "datasetpath": "dataset",
        "t": "temperature", "temp": "temperature", "tau": "temperature", "kd": "distillation",
        "distill": "distillation", "architecture": "model", "arch": "model", "network": "model", "preset": "model",
        "backbone": "model", "numepochs": "epochs", "widthmultiplier": "width", "widthmult": "width", "w": "width",
        "h": "height", "val": "evaluation", "validation": "evaluation", "eval": "evaluation", "valsplit": "evaluation",
        "randomseed": "seed", "colourjitter": "colorJitter", "jitter": "colorJitter", "horizontalflip": "flip",
        "hflip": "flip", "loss": "method", "mutual": "peers", "dml": "peers", "takd": "assistants",
        "assistant": "assistants",
        "trialepochs": "audition", "choose": "audition", "standardise": "standardize", "zscore": "standardize",
        "logitstand": "standardize",
        "ctkd": "curriculum", "combination": "combine", "ensemble": "combine", "earlystopkd": "stopAfter",
        "revision": "revise", "annealing": "anneal", "mirror": "flip", "randomcrop": "crop", "padding": "crop",
        "colour": "background",
        "mode": "channels", "color": "background", "resize": "fit", "train": "training", "optimiser": "optimizer",
        "quantization": "quantize", "quantise": "quantize", "quant": "quantize", "int8": "quantize",
        "maxloss": "maxDrop", "drop": "maxDrop", "maxbroken": "maxCorrupt", "corrupt": "maxCorrupt", "title": "name",
        "id": "name", "prio": "priority", "tuning": "tune", "autotune": "tune", "hpo": "tune", "students": "search",
        "ntrials": "trials", "timeout": "budget", "goal": "target",
    ]
}

extension ValueKind where Value == String {
    static let preset = ValueKind.word(NetworkSpec.presets, synonyms: presetSynonyms)

    /// Of a teacher: `student` is one of the student's own kind.
    static let presetOrStudent = ValueKind.word(
        NetworkSpec.presets + [NetworkSpec.ownKind],
        synonyms: presetSynonyms.merging(["self": "student", "bornagain": "student", "same": "student"]) { $1 })

    private static let presetSynonyms: [String: String] =
        [
            "mobilenet": "mobilenet-tiny", "mobilenetv1": "mobilenet-tiny", "dscnn": "dscnn-tiny",
            "convnet": "convnet3", "wrn162": "wrn-16-2", "wrn402": "wrn-40-2", "wideresnet162": "wrn-16-2",
            "wideresnet402": "wrn-40-2", "vgg": "vgg8", "resnet": "resnet20",
        ]

    /// `#RRGGBB`.
    static let color = ValueKind(
        allowed: "a colour \"#RRGGBB\" in quotes (an unquoted # begins a comment)",
        read: { node throws(Mismatch) in
            guard case .scalar(let text, _) = node.content, !node.isNull else { throw Mismatch(node.found) }
            let digits = text.hasPrefix("#") ? String(text.dropFirst()) : text
            let isHex = digits.utf8.allSatisfy { "0123456789abcdefABCDEF".utf8.contains($0) }
            if isHex, digits.utf8.count == 6, text.hasPrefix("#") { return text }
            if isHex, digits.utf8.count == 6 { throw Mismatch(node.found, suggestion: "#" + digits) }
            if isHex, digits.utf8.count == 3 {
                throw Mismatch(node.found, suggestion: "#" + digits.map { "\($0)\($0)" }.joined())
            }
            let names = ["black": "#000000", "white": "#FFFFFF", "gray": "#808080", "grey": "#808080"]
            throw Mismatch(node.found, suggestion: names[text.lowercased()])
        },
        write: { YAMLText.scalar($0) }, schema: .type("string", [("pattern", .text("^#[0-9A-Fa-f]{6}$"))]))
}

extension ValueKind where Value == AugmentSpec {
    /// One of the words for a whole mapping. Only read: a written file has the mapping.
    static let augmentPreset: ValueKind = {
        let word = ValueKind<String>.word(
            AugmentSpec.presets.map(\.name),
            synonyms: [
                "off": "none", "no": "none", "false": "none", "default": "standard", "true": "standard",
                "basic": "standard", "heavy": "strong", "hard": "strong", "light": "standard", "yes": "standard",
            ])
        return ValueKind(
            allowed: word.allowed,
            read: { node throws(Mismatch) in
                let name = try word.read(node)
                guard let preset = AugmentSpec.presets.first(where: { $0.name == name }) else {
                    throw Mismatch(node.found)
                }
                return preset.spec
            },
            write: { spec in AugmentSpec.presets.first { $0.spec == spec }?.name ?? "" }, schema: word.schema)
    }()
}
