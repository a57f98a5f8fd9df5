extension Split {
    /// The split that a folder of this name holds; `nil` where it is no name of a split. Capitals do not matter.
    init?(folder: some StringProtocol) {
        switch folder.lowercased() {
        case "train", "training": self = .train
        case "val", "valid", "validation", "eval", "evaluation", "dev": self = .evaluation
        case "test", "testing": self = .test
        default: return nil
        }
    }

    static let names = "train, val (valid, validation, eval) or test"
}
