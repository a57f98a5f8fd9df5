extension JobFields {
    static let training: [Field<JobSpec>] = [
        Field(
            "training.batch", \.training.batch, .whole(2...16_384), "images a step",
            detail: "At least two, for batch normalisation."),
        Field(
            "training.learningRate", \.training.learningRate,
            .number(NumberRange(low: 0, high: 10, lowIsOpen: true)), "its peak"),
        Field(
            "training.optimizer", \.training.optimizer,
            .choice(synonyms: ["adam": "adamw", "momentum": "sgd", "nesterov": "sgd"]), "method: sgd or adamw",
            detail: "SGD with Nesterov momentum, or AdamW (Loshchilov and Hutter 2019)."),
        Field(
            "training.momentum", \.training.momentum, .number(NumberRange(low: 0, high: 1, highIsOpen: true)),
            "of sgd (Nesterov); beta1 of adamw"),
        Field(
            "training.weightDecay", \.training.weightDecay, .number(0...1), "not on norms and biases"),
        Field(
            "training.schedule", \.training.schedule,
            .choice(synonyms: [
                "1cycle": "onecycle", "onecyclelr": "onecycle", "cosineannealing": "cosine",
                "cosineannealinglr": "cosine", "steplr": "step", "multistep": "step", "fixed": "constant",
                "none": "constant",
            ]), "how the learning rate moves",
            detail: "`onecycle` rises and falls along cosines (Smith and Topin 2018), `cosine` falls along one, `step` "
                + "falls tenfold at set points, `constant` stays."),
        Field(
            "training.warmup", \.training.warmup, .share(NumberRange(low: 0, high: 1, highIsOpen: true)),
            "share of the steps in which the rate rises"),
        Field(
            "training.labelSmoothing", \.training.labelSmoothing,
            .share(NumberRange(low: 0, high: 1, highIsOpen: true)), "share of a label spread over all classes"),
    ]

    /// Those of `training` that follow `training.augment`, too.
    static let augment: [Field<JobSpec>] = [
        Field(
            "training.augment.crop", \.training.augment.crop, .share(NumberRange(low: 0, high: 0.5)),
            "reflected border cut from, as a share of the side",
            detail: "4 pixels of 32 are 0.125."),
        Field(
            "training.augment.flip", \.training.augment.flip, .flag, "mirror every other image left to right",
            detail: "Turn it off where left and right matter, as for digits and text."),
        Field(
            "training.augment.cutout", \.training.augment.cutout,
            .share(NumberRange(low: 0, high: 1, highIsOpen: true)), "side of a blanked square, as a share; 0 is off",
            detail: "DeVries and Taylor 2017."),
        Field(
            "training.augment.colorJitter", \.training.augment.colorJitter, .share(NumberRange(low: 0, high: 1)),
            "largest change of brightness, contrast, saturation; 0 is off"),
        Field(
            "training.augment.mixup", \.training.augment.mixup, .number(0...10), "alpha of mixup; 0 is off",
            detail: "Zhang et al. 2018."),
        Field(
            "training.clipGradient", \.training.clipGradient,
            .optional(.number(NumberRange(low: 0, high: 1e6, lowIsOpen: true)), none: "none", meaning: "not clipped"),
            "largest L2 norm of the gradient"),
        Field(
            "training.ema", \.training.ema,
            .optional(
                .number(NumberRange(low: 0, high: 1, lowIsOpen: true, highIsOpen: true)), none: "none", meaning: "off"),
            "decay a step of averaged weights, evaluated instead",
            detail: "Such as 0.999."),
        Field(
            "training.patience", \.training.patience,
            .optional(.whole(1...10_000), none: "none", meaning: "never"),
            "epochs without improvement before stopping"),
        Field(
            "training.precision", \.training.precision,
            .choice(synonyms: ["float32": "fp32", "float": "fp32", "bfloat16": "bf16"]), "of products: fp32 or bf16",
            detail:
                "bf16 rounds what convolutions multiply to bfloat16, those of teachers too while they teach; sums and "
                + "weights stay in single precision, and all accuracies are measured in it. "
                + "Faster on processors with AVX-512 BF16, slower on all others."),
    ]
}
