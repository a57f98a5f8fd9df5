/// Writes a first manifest to be edited: the keys that people change, each under the reason for its value.
public enum DraftWriter {
    /// - Parameters:
    ///   - spec: with width, height and channels of the input.
    ///   - remarks: lines of comment for the head, of any text.
    public static func yaml(_ spec: JobSpec, remarks: [String]) -> String {
        let input = spec.input
        var size: [String] = []
        if let width = input.width, let height = input.height { size += ["width: \(width)", "height: \(height)"] }
        if let channels = input.channels { size.append("channels: \(channels.rawValue)") }
        return
            ([
                "# A first manifest, by the looks of the dataset. `distilld check` prints every other key."
            ] + remarks.map { "# \(oneLine($0))" } + [
                "",
                "name: \(YAMLText.scalar(spec.name))",
                "dataset: \(YAMLText.scalar(spec.dataset))",
                "# Images are scaled to this size. Smaller is faster; larger shows the networks more.",
                "input: { \(size.joined(separator: ", ")) }",
                "# Learns first, then teaches. Larger ones: resnet56, wrn-40-2, resnet32x4.",
                "teacher: { model: \(spec.teacher.model), epochs: \(spec.teacher.epochs) }",
                "# What you ship. Smaller: convnet3, dscnn-tiny. Larger: mobilenet-tiny, resnet20.",
                "student: { model: \(spec.student.model), epochs: \(spec.student.epochs) }",
                "training:",
                "  # Few images: small batches, so that an epoch has steps enough; the rate goes with the batch.",
                "  batch: \(spec.training.batch)",
                "  learningRate: \(spec.training.learningRate.short)",
                "  augment:",
                "    # false where left and right differ: text, road signs, parts with a side.",
                "    flip: \(spec.training.augment.flip)",
                "# Also train the student without the teacher, to see what the teacher is worth.",
                "baseline: \(spec.baseline)",
                "# The same seed gives the same student, byte for byte.",
                "seed: \(spec.seed)",
            ]).joined(separator: "\n") + "\n"
    }

    /// Names of folders may hold anything; a comment ends with its line.
    private static func oneLine(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
                || [0x2028, 0x2029, 0xFEFF].contains(scalar.value)
                ? " " : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
