extension JobFields {
    static let distillation: [Field<JobSpec>] = [
        Field(
            "distillation.method", \.distillation.chosenMethod,
            .optional(
                .choice(synonyms: [
                    "hinton": "kd", "kl": "kd", "logits": "kd", "decoupled": "dkd", "relation": "dist",
                    "pearson": "dist",
                ]), none: "auto", meaning: "dist, or what tuning finds"), "what compares student and teacher",
            detail: "`kd`: Hinton et al. 2015; `dkd`: Zhao et al. 2022; `dist`: Huang et al. 2022. "
                + "[Methods](methods.md) has their formulas and when to use which. `auto` is `kd` with two classes, "
                + "with several teachers, and where anything is done to the teacher's word: where `alpha` or "
                + "`temperature` has another value, with `standardize`, `anneal`, `curriculum`, `combine`, `revise`, "
                + "`weightByGap` or `gate`."),
        Field(
            "distillation.temperature", \.distillation.temperature, .number(1...100),
            "softens teacher and student alike (T)",
            detail: "Hinton et al. 2015. Higher values show more of how the teacher ranks the wrong classes."),
        Field(
            "distillation.alpha", \.distillation.alpha, .share(NumberRange(low: 0, high: 1)),
            "weight of the teacher's word against the label's"),
        Field(
            "distillation.standardize", \.distillation.standardize, .flag, "compare z-scores of logits",
            detail:
                "Sun et al. 2024: the student need not match the spread of the teacher's logits. With three classes "
                + "or more."),
        Field(
            "distillation.targetWeight", \.distillation.targetWeight, .number(0...100),
            "of dkd: the label's probability", detail: "Alpha in the paper."),
        Field(
            "distillation.otherWeight", \.distillation.otherWeight, .number(0...100),
            "of dkd: the other classes among themselves", detail: "Beta in the paper."),
        Field(
            "distillation.interWeight", \.distillation.interWeight, .number(0...100),
            "of dist: relations within an image", detail: "Beta in the paper."),
        Field(
            "distillation.intraWeight", \.distillation.intraWeight, .number(0...100),
            "of dist: relations within a class", detail: "Gamma in the paper."),
        Field(
            "distillation.anneal", \.distillation.anneal,
            .choice(synonyms: ["none": "constant", "fixed": "constant", "cos": "cosine", "schedule": "linear"]),
            "how alpha and temperature move",
            detail: "From their values here to `alphaEnd` and `temperatureEnd`, over the whole training."),
        Field(
            "distillation.alphaEnd", \.distillation.alphaEnd,
            .optional(.share(NumberRange(low: 0, high: 1)), none: "none", meaning: "as alpha"), "alpha in the last step"
        ),
        Field(
            "distillation.temperatureEnd", \.distillation.temperatureEnd,
            .optional(.number(1...100), none: "none", meaning: "as temperature"), "temperature in the last step"),
        Field(
            "distillation.stopAfter", \.distillation.stopAfter,
            .optional(
                .share(NumberRange(low: 0, high: 1, lowIsOpen: true, highIsOpen: true)), none: "none", meaning: "never"),
            "share of the steps after which alpha is 0",
            detail: "Cho and Hariharan 2019: for a student too small to follow its teacher to the end."),
        Field(
            "distillation.curriculum", \.distillation.curriculum, .flag, "learn the temperature, against the student",
            detail: "Li et al. 2023. With `kd` and one teacher; `temperature` is the first one."),
        Field(
            "distillation.combine", \.distillation.combine,
            .choice(synonyms: [
                "average": "mean", "avg": "mean", "weighted": "mean", "weights": "mean", "camkd": "confidence",
                "perclass": "classes", "class": "classes", "recall": "classes", "ensemble": "mean",
            ]), "how several teachers become one",
            detail: "`mean`: by `weight`; `classes`: also by recall of the image's class on the evaluation split; "
                + "`confidence`: also by how well each knows the label (Zhang et al. 2022); `entropy`: also by how sure "
                + "each is."),
        Field(
            "distillation.revise", \.distillation.revise,
            .choice(synonyms: [
                "off": "none", "no": "none", "false": "none", "true": "swap", "correct": "swap", "shift": "swap",
                "downweight": "discount", "weight": "discount",
            ]), "what to do about wrong teachers",
            detail:
                "For an image whose class a teacher does not see, `swap` exchanges its highest logit with the label's "
                + "(Wen et al. 2021), `discount` counts it less the surer it is, and the label more."),
        Field(
            "distillation.weightByGap", \.distillation.weightByGap, .flag,
            "more weight where the student is far off"),
        Field(
            "distillation.gate", \.distillation.gate, .flag, "drop the teacher while it pulls against the labels",
            detail: "Zhu and Wang 2021: an epoch in which the gradients of the two terms point apart on average is "
                + "followed by one without the soft term."),
        Field(
            "distillation.weakTeacher", \.distillation.weakTeacher,
            .choice(synonyms: [
                "ignore": "warn", "keep": "warn", "fail": "refuse", "error": "refuse", "skip": "drop", "remove": "drop",
            ]), "what to do about a weak teacher",
            detail: "One below the student's own level (known with `baseline`) or no better than a guess on the "
                + "evaluation split: `warn` of it, `drop` it (also class by class), or `refuse` the job."),
        Field(
            "distillation.views", \.distillation.views, .whole(0...1000),
            "random views of each image; 0 is a new one each epoch",
            detail:
                "The teachers are asked about each view once, and their answers are kept in memory (4 bytes for each "
                + "image, view, teacher and class). Saves time in long trainings and with slow teachers."),
        Field(
            list: "distillation.features", \.distillation.features, of: feature,
            shorthand: .init("method", \.method, featureMethod), entry: FeatureSpec(.at), counts: 1...8,
            noun: "losses", none: (word: "none", meaning: "logits alone"), "losses on activations, beside the logits'",
            detail: "The teacher's term then also has weight times each of them. [Methods](methods.md) has their "
                + "formulas."),
        Field(
            "distillation.peers", \.distillation.peers, .whole(0...8),
            "students that teach each other; 0: there is a teacher",
            detail: "Zhang et al. 2018, deep mutual learning: 2 or more of the student train together from their own "
                + "first weights, each on the labels and on what the others say. The best on the evaluation split is "
                + "kept; the next best stands in the teacher's place in the report."),
        Field(
            "distillation.audition", \.distillation.audition, .whole(0...10_000),
            "epochs of short trials that choose a teacher",
            detail:
                "0: all of `teachers` teach. Above: each teaches a student for so many epochs, and so do all together; "
                + "one who brings it further on the evaluation split than all together, by more than chance, teaches "
                + "alone (Cho and Hariharan 2019: the strongest is not always the best teacher)."),
    ]

    private static let featureMethod = ValueKind<FeatureSpec.Method>.choice(synonyms: [
        "attention": "at", "attentiontransfer": "at", "hint": "fitnets", "hints": "fitnets", "fitnet": "fitnets",
        "similarity": "sp", "relational": "rkd", "contrastive": "crd", "contrast": "crd", "review": "reviewkd",
    ])

    /// Of an entry of `distillation.features`.
    static let feature = FieldTable<FeatureSpec>(
        sections: [],
        fields: [
            Field(
                "method", \.method, featureMethod, "what is compared",
                detail: "`at`: Zagoruyko and Komodakis 2017; `fitnets`: Romero et al. 2015; `sp`: Tung and Mori 2019; "
                    + "`rkd`: Park et al. 2019; `crd`: Tian et al. 2020; `reviewkd`: Chen et al. 2021."),
            Field(
                "weight", \.weight,
                .optional(
                    .number(NumberRange(low: 0, high: 1_000_000, lowIsOpen: true)), none: "auto",
                    meaning: "at 1000, fitnets 5, sp 3000, rkd 1, crd 0.8, reviewkd 1"), "factor on the loss"),
            Field(
                "student", \.student, node, "the student's node",
                detail: "A name that is none is refused with those there are."),
            Field("teacher", \.teacher, node, "the teacher's node"),
        ], required: ["method"], synonyms: synonyms)

    private static let node = ValueKind<String?>.optional(
        .text(
            "the name of a node",
            check: { text throws(Mismatch) in
                guard (1...200).contains(text.utf8.count), text.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else {
                    throw Mismatch(text.isEmpty ? "an empty name" : "a name that is too long or has control characters")
                }
            }), none: "auto", meaning: "found by stage and resolution")

    /// Of an entry of `teachers`.
    static let teacher = FieldTable<TeacherSpec>(
        sections: [],
        fields: [
            Field("model", \.network.model, .preset, "a preset", isWritten: isTrained),
            Field("width", \.network.width, .number(0.125...8), "factor on its channel counts", isWritten: isTrained),
            Field(
                "epochs", \.network.epochs, .whole(1...10_000), "passes over the training images", isWritten: isTrained),
        ] + teacherFile("") + [
            Field(
                "weight", \.weight, .number(NumberRange(low: 0, high: 1000, lowIsOpen: true)),
                "how much it counts against the others"),
            Field(
                "seed", \.seed, .optional(.seed, none: "auto", meaning: "the job's, and one more for each teacher"),
                "of its first weights and the order of its images", isWritten: isTrained),
        ], required: [], synonyms: synonyms,
        check: { teacher, reader in
            if !reader.written.contains("model"), !reader.written.contains("file"), reader.isSound("model", "file") {
                reader.refuse("model", found: "neither model nor file", allowed: "a preset, or an ONNX file")
            }
            JobRules.checkTeacherFile(teacher.teacherFile, prefix: "", into: &reader)
        })

    /// Of an entry of `assistants`.
    static let assistant = FieldTable<AssistantSpec>(
        sections: [],
        fields: [
            Field(
                "model", \.model, .optional(.preset, none: "auto", meaning: "chosen by size, or left out"), "a preset"),
            Field("width", \.width, .number(0.125...8), "factor on its channel counts"),
            Field(
                "epochs", \.epochs, .optional(.whole(1...10_000), none: "auto", meaning: "as many as the student's"),
                "passes over the training images"),
        ], required: ["model"], synonyms: synonyms)

    static let assistants: Field<JobSpec> = Field(
        list: "assistants", \.assistants, of: assistant,
        shorthand: .init(
            "model", \.model, .optional(.preset, none: "auto", meaning: "chosen by size, or left out")),
        entry: AssistantSpec(model: nil), counts: 1...4, noun: "assistants",
        none: (word: "none", meaning: "the student learns from the teacher"), "a chain between teacher and student",
        detail:
            "Mirzadeh et al. 2020: where a teacher is much larger than the student, one of a size between them learns "
            + "from it and teaches the student. `[auto]` takes the preset whose size is nearest to the middle (by ratio), "
            + "where the teacher has more than 10 times the student's parameters, and nobody where it has not.")

    private static let isTrained: @Sendable (TeacherSpec) -> Bool = { $0.teacherFile == nil }

    static let teachers: Field<JobSpec> = Field(
        list: "teachers", \.teachers, of: teacher, shorthand: .init("model", \.network.model, .preset),
        entry: TeacherSpec(.defaultTeacher), counts: 1...8, noun: "teachers",
        none: (word: "none", meaning: "`teacher` alone"), "several teachers, in place of `teacher`")
}
