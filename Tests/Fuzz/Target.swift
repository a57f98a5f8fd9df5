import Compute
import Datasets
import Distillation
import Exporters
import Foundation
import Importers
import Manifests

/// A reader of files that anyone may have made. Whatever the bytes are, it returns or throws; anything else is a fault.
enum Target: String, CaseIterable {
    case png, jpeg, archive, manifest, config, csv, safetensors, checkpoint, onnx

    func take(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .png: decode(bytes, as: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        case .jpeg: decode(bytes, as: [0xFF, 0xD8, 0xFF])
        case .archive: survey(bytes)
        case .manifest:
            if let parsed = try? ManifestParser.parse(Array(bytes), file: "fuzz.job.yaml") {
                again(JobSpecWriter.yaml(parsed.spec), as: parsed.spec)
            }
        case .config: _ = try? DaemonConfigParser.parse(Array(bytes), file: "distilld.yaml", folder: "/etc")
        case .csv:
            var reader = CSVReader(Array(bytes))
            while let record = try? reader.next() { precondition(record.line > 0 && !record.fields.isEmpty) }
        case .safetensors:
            if let file = try? Safetensors(decoding: Data(bytes)) { _ = try? Safetensors(decoding: file.encoded()) }
        case .checkpoint: checkpoint(bytes)
        case .onnx: run(model: bytes)
        }
    }

    private static let limits = {
        var limits = Limits()
        limits.imagePixels = 1 << 20
        limits.imageSide = 1 << 14
        limits.archiveBytes = 1 << 24
        limits.datasetEntries = 10_000
        return limits
    }()
    nonisolated(unsafe) private static let decoder = ImageDecoder()

    /// Only files that begin as this format does: all others are refused by their first bytes.
    private func decode(_ bytes: UnsafeRawBufferPointer, as signature: [UInt8]) {
        guard bytes.starts(with: signature) else { return }
        var pixels = [UInt8](repeating: 0, count: 12 * 8 * 3)
        for (channels, fit) in [(Channels.rgb, Fit.crop), (.gray, .pad)] {
            try? Self.decoder.decode(
                bytes, into: &pixels, width: 12, height: 8, channels: channels, fit: fit, background: .black,
                limits: Self.limits)
        }
    }

    /// What is read of a manifest is written so that it is read again.
    private func again(_ yaml: String, as spec: JobSpec) {
        do {
            let parsed = try ManifestParser.parse(Array(yaml.utf8), file: "fuzz.job.yaml")
            precondition(parsed.spec == spec, "a manifest that is written is read as another")
        } catch {
            preconditionFailure("a manifest that is written is not read again: \(error)\n\(yaml)")
        }
    }

    // MARK: Files

    /// In memory where there is such a folder.
    private static let path = {
        let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NSTemporaryDirectory()
        return "\(folder)/distilld-fuzz-\(getpid())"
    }()

    private func asFile(_ bytes: UnsafeRawBufferPointer, _ body: (String) -> Void) {
        guard (try? Data(bytes).write(to: URL(fileURLWithPath: Self.path))) != nil else {
            preconditionFailure("cannot write \(Self.path)")
        }
        body(Self.path)
        unlink(Self.path)
    }

    private func survey(_ bytes: UnsafeRawBufferPointer) {
        asFile(bytes) { path in
            let request = DatasetRequest(
                path: path, input: InputSpec(), split: SplitSpec(), maxCorrupt: 1, seed: 1,
                cacheDirectory: Self.path + ".cache", limits: Self.limits)
            _ = try? DatasetReader.survey(request)
        }
    }

    /// With the right checksum, which no fuzzer would guess: a damaged file is not what this is about.
    private func checkpoint(_ bytes: UnsafeRawBufferPointer) {
        let whole = CheckpointExamination.sealed(Array(bytes))
        whole.withUnsafeBytes { asFile($0) { _ = CheckpointExamination.damage(of: $0) } }
    }

    /// Reads and plans a model, and runs it where it is small.
    private func run(model bytes: UnsafeRawBufferPointer) {
        guard let model = try? ImportedModel(Data(bytes), displayName: "fuzz.onnx"), model.activationCount < 1 << 20,
            model.multiplyAccumulates < 1 << 24
        else { return }
        ImportedNetwork(model, maximumBatch: 1, pool: Self.pool).forward(count: 1)
    }

    private static let pool = ThreadPool(threads: 1)

    /// Small files that the reader likes.
    func seeds() throws -> [[UInt8]] {
        let picture = Bitmap(width: 9, height: 7, channels: 3, pixels: (0..<9 * 7 * 3).map { UInt8($0) })
        let gray = Bitmap(width: 5, height: 3, channels: 1, pixels: (0..<15).map { UInt8($0 * 16) })
        switch self {
        case .png: return [ImageCodec.encodePNG(picture), ImageCodec.encodePNG(gray)]
        case .jpeg:
            return [
                ImageCodec.encodeJPEG(picture), ImageCodec.encodeJPEG(gray),
                ImageCodec.encodeJPEG(picture, quality: 60, progressive: true),
            ]
        case .archive: return []
        // Models to begin with are those of the importer's tests: see Etc/fuzz.
        case .onnx: return []
        case .manifest:
            let spec = try ManifestParser.parse(Array("dataset: a".utf8), file: "a.job.yaml").spec
            return [
                Array(JobSpecWriter.yaml(spec).utf8), Array("name: a\ndataset: b.tar\nteacher: {model: vgg8}".utf8),
            ]
        case .config: return [Array(DaemonConfigWriter.example().utf8)]
        case .csv: return [Array("file,label,split\na/1.png,\"a, \"\"b\"\"\",train\n".utf8), Array("a;b\r\nc;d".utf8)]
        case .safetensors:
            let tensor = Safetensors.Tensor(name: "weight", shape: [2, 3], floats: [1, 2, 3, 4, 5, 6])
            return [Array(try Safetensors(metadata: ["a": "b"], tensors: [tensor]).encoded())]
        case .checkpoint: return [try CheckpointExamination.sample()]
        }
    }
}
