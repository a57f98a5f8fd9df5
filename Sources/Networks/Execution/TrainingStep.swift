/// A part of a network in training. Steps run in order forward, in reverse backward.
protocol TrainingStep: AnyObject {
    /// Packs weights: called once before every forward pass, possibly in parallel with other steps' `prepare`.
    func prepare()
    func forward(_ batch: Batch)
    /// The output's gradient is complete. Writes or adds to the inputs' gradients.
    func backward(_ batch: Batch)
}

extension TrainingStep {
    func prepare() {}
}
