import Foundation
import Manifests
import Testing

/// The parsed manifest, which must be without errors.
func parse(
    _ text: String, file: String = "cifar.job.yaml", sourceLocation: SourceLocation = #_sourceLocation
) throws -> ParsedManifest {
    do {
        return try ManifestParser.parse(Array(text.utf8), file: file)
    } catch {
        Issue.record("\(error)", sourceLocation: sourceLocation)
        throw error
    }
}

/// What is wrong with a manifest; empty where nothing is.
func problems(_ bytes: [UInt8], file: String = "cifar.job.yaml") -> [ManifestProblem] {
    do {
        _ = try ManifestParser.parse(bytes, file: file)
        return []
    } catch {
        return error.problems
    }
}

/// A line of text for each problem.
func messages(_ text: String) -> [String] {
    problems(Array(text.utf8)).map(\.description)
}

/// `line:column key` of each problem.
func places(_ text: String) -> [String] {
    problems(Array(text.utf8)).map { "\($0.line):\($0.column) \($0.key)" }
}

/// The root of the package, where `Etc/` is.
let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// A small generator with a seed (splitmix64, Steele et al. 2014), so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A manifest that uses every key but `teachers`, which excludes `teacher`.
let fullManifest = """
    name: cifar-tiny
    dataset: cifar10.zip
    input: { width: 32, height: 24, channels: gray, fit: pad, background: "#A0b1C2" }
    split: { evaluation: 5%, test: 0.2 }
    maxCorrupt: 2 %
    teacher: { model: wrn-16-2, width: 0.5, epochs: 20 }
    student:
      model: convnet3
      width: 2
      epochs: 40
    assistants: [auto, { model: vgg8, width: 0.5, epochs: 5 }]
    distillation:
      method: dkd
      temperature: 6.5
      alpha: 0.75
      standardize: true
      targetWeight: 2
      otherWeight: 4
      interWeight: 1
      intraWeight: 1
      anneal: cosine
      alphaEnd: 50%
      temperatureEnd: 2
      stopAfter: 0.8
      curriculum: false
      combine: classes
      revise: swap
      weightByGap: true
      gate: true
      weakTeacher: drop
      views: 0
      peers: 0
      audition: 0
    training:
      batch: 64
      learningRate: 3e-3
      optimizer: adamw
      momentum: .85
      weightDecay: 1.5E-2
      schedule: cosine
      warmup: 5%
      labelSmoothing: 0
      augment: { crop: 10%, flip: false, cutout: 0.3, colorJitter: 0.1, mixup: 0.4 }
      clipGradient: 5
      ema: 0.999
      patience: 12
    baseline: false
    seed: 18446744073709551615
    priority: -7

    """
