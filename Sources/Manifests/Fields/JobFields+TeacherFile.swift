extension JobFields {
    /// Of a teacher that comes trained.
    ///
    /// - Parameter prefix: of the keys: `teacher.`, or nothing in a list.
    static func teacherFile<Root: HasTeacherFile>(_ prefix: String) -> [Field<Root>] {
        let file = ValueKind.text(DatasetPath.allowedFile, check: DatasetPath.check)
        return [
            Field(
                "\(prefix)file", \.teacherPath, .optional(file, none: "none", meaning: "it is trained"),
                "a trained one, in an ONNX file",
                detail: "In place of `model`, `width` and `epochs`. What it knows is checked on the evaluation split.",
                isWritten: { $0.teacherFile != nil }),
            Field(
                "\(prefix)preprocess", \.teacherInput,
                .optional(.teacherInput, none: "auto", meaning: "as the file says, else found by trying"),
                "of `file`: what is done to an image",
                detail: "`unit`: values of 0 to 1; `bytes`: 0 to 255; `symmetric`: -1 to 1; `imagenet`, `cifar10`, "
                    + "`cifar100`: their mean and std; `caffe`: 0 to 255 less the ImageNet mean. `-bgr`: blue first. Or "
                    + "`{ mean: [...], std: [...], channels: bgr, range: 255, size: 224 }`: `mean` and `std` of values "
                    + "of 0 to `range` (1 where it is left out), `channels` in their order (rgb), `size` the side of its "
                    + "images where the file leaves it open.",
                isWritten: { $0.teacherFile != nil }),
            Field(
                "\(prefix)labels", \.teacherLabels,
                .optional(file, none: "auto", meaning: "as the model's file says, else found by its answers"),
                "of `file`: the names of its outputs",
                detail: "A text file with a class a line, in the order of the outputs.",
                isWritten: { $0.teacherFile?.labels != nil }),
            Field(
                "\(prefix)hints", \.teacherHints,
                .optional(.list(of: .valueName), none: "none", meaning: "found, where `features` ask for them"),
                "of `file`: values of its graph to learn from",
                detail: "Names of outputs of its nodes, for methods that compare features.",
                isWritten: { $0.teacherFile?.hints != nil }),
        ]
    }
}

extension ValueKind where Value == String {
    /// Of a value in an ONNX graph.
    fileprivate static let valueName = ValueKind.text("the name of a value in the file's graph") {
        name throws(Mismatch) in
        if name.isEmpty || name.utf8.count > 1024 { throw Mismatch("a name of \(name.utf8.count.grouped) bytes") }
    }
}

extension ValueKind where Value == TeacherInput {
    private static let word = ValueKind<String>.word(
        TeacherInput.names, synonyms: ["cifar": "cifar10", "torchvision": "imagenet", "tf": "symmetric"])
    private static let values = ValueKind<[Double]>.list(of: .number(-1000...1000))
    private static let keys = ["mean", "std", "channels", "range", "size"]

    /// A word, or a mapping of what is done.
    fileprivate static let teacherInput = ValueKind(
        allowed: "\(word.allowed); or a mapping of \(keys.joined(separator: ", "))",
        read: { node throws(Mismatch) in
            guard case .mapping(let entries) = node.content else { return .named(try word.read(node)) }
            return .stated(try stated(entries))
        },
        write: { input in
            switch input {
            case .named(let name): return name
            case .stated(let n):
                let size = n.size.map { ", size: \($0)" } ?? ""
                return
                    "{ mean: \(values.write(n.mean)), std: \(values.write(n.std)), channels: \(n.channels.rawValue), "
                    + "range: \(n.range)\(size) }"
            }
        },
        schema: .anyOf([
            word.schema,
            .type(
                "object",
                [
                    (
                        "properties",
                        .object([
                            ("mean", values.schema), ("std", values.schema),
                            ("channels", ValueKind<TeacherInput.Order>.choice().schema),
                            ("range", .object([("enum", .list([.whole(1), .whole(255)]))])),
                            ("size", ValueKind<Int>.whole(8...1024).schema),
                        ])
                    ), ("additionalProperties", .flag(false)), ("required", .list([.text("mean"), .text("std")])),
                ]),
        ]))

    private static func stated(_ entries: [YAMLEntry]) throws(Mismatch) -> TeacherInput.Normalization {
        var made = TeacherInput.Normalization(mean: [], std: [])
        for entry in entries {
            do throws(Mismatch) {
                switch entry.key {
                case "mean": made.mean = try values.read(entry.value)
                case "std": made.std = try values.read(entry.value)
                case "channels": made.channels = try ValueKind<TeacherInput.Order>.choice().read(entry.value)
                case "range":
                    made.range = try ValueKind<Int>.whole(1...255).read(entry.value)
                    guard [1, 255].contains(made.range) else {
                        throw Mismatch("\(made.range)", allowed: "1 or 255")
                    }
                case "size": made.size = try ValueKind<Int>.whole(8...1024).read(entry.value)
                default:
                    throw Mismatch(
                        "an unknown key", allowed: keys.joined(separator: ", "),
                        suggestion: Spelling.nearest(to: entry.key, among: keys, synonyms: ["order": "channels"]))
                }
            } catch {
                throw Mismatch(
                    "\(error.found) as \(entry.key.shown)", allowed: error.allowed, suggestion: error.suggestion)
            }
        }
        let counts = [1, 3]
        guard counts.contains(made.mean.count), counts.contains(made.std.count) else {
            throw Mismatch(
                "\(made.mean.count) values as \"mean\" and \(made.std.count) as \"std\"",
                allowed: "one value, or three for red, green and blue, of both")
        }
        guard made.std.allSatisfy({ $0 > 0 }) else { throw Mismatch("a \"std\" that is not above 0") }
        return made
    }
}
