import Crypto
import Foundation

/// Sends notices to an address, by curl(1).
///
/// Headers: `X-Distilld-Event`; `X-Distilld-Delivery`, the same each time a notice is sent; `X-Distilld-Timestamp`,
/// seconds since 1970; and with a secret `X-Distilld-Signature: sha256=HEX`, the HMAC-SHA256 (RFC 2104) of the timestamp,
/// a full stop and the body. A receiver that checks it and refuses old timestamps cannot be deceived by a stranger or
/// a recording.
struct Webhook: Sendable {
    let address: String
    let secret: String?
    /// For files of a moment.
    let folder: String

    struct Answer: Sendable {
        var isTaken: Bool
        var words: String
    }

    private static let timeout = 20.0
    private static let places: [String] = ["/usr/bin/curl", "/usr/local/bin/curl"]

    /// - Parameter id: of the job.
    func send(
        _ body: [UInt8], event: Notice.Event, id: String, at time: Date = Date(),
        shouldStop: @Sendable @escaping () -> Bool
    ) async throws -> Answer {
        guard let curl = Self.places.first(where: { access($0, X_OK) == 0 }) else {
            return Answer(isTaken: false, words: "there is no curl on this machine; install the package curl")
        }
        let base = Path.join(folder, ".\(id).\(UUID().uuidString)")
        let (bodyPath, configPath) = (base + ".body", base + ".curl")
        defer {
            unlink(bodyPath)
            unlink(configPath)
        }
        try FileBytes.write(body, to: bodyPath, mode: 0o600)
        // In a file and not in the arguments, which every user of the machine can read: an address may hold a secret.
        try FileBytes.write(configuration(body, event, id, bodyPath, time).utf8, to: configPath, mode: 0o600)
        let result = try await ChildProgram.run(
            [curl, "--disable", "--config", "-"], input: configPath, scratch: folder,
            timeout: .seconds(Self.timeout + 5), shouldStop: shouldStop)
        let code = Int(result.output.suffix(3)) ?? 0
        if result.isSuccess, (200..<300).contains(code) { return Answer(isTaken: true, words: "\(code)") }
        return Answer(
            isTaken: false, words: code > 0 ? "HTTP \(code)" : result.output.isEmpty ? result.words : result.output)
    }

    private func configuration(
        _ body: [UInt8], _ event: Notice.Event, _ id: String, _ bodyPath: String, _ time: Date
    ) -> String {
        let timestamp = String(Int(time.timeIntervalSince1970))
        var headers = [
            "Content-Type: application/json", "User-Agent: distilld", "X-Distilld-Event: \(event.rawValue)",
            "X-Distilld-Delivery: \(id)", "X-Distilld-Timestamp: \(timestamp)",
        ]
        if let secret {
            headers.append(
                "X-Distilld-Signature: sha256=\(Self.signature(body, timestamp: timestamp, secret: secret))")
        }
        let lines = [
            "url = \"\(address)\"", "data-binary = \"@\(Self.quoted(bodyPath))\"", "proto = \"=http,https\"", "globoff",
            "silent",
            "show-error", "max-time = \(Int(Self.timeout))", "output = \"/dev/null\"", "write-out = \"%{http_code}\"",
        ]
        return (lines + headers.map { "header = \"\($0)\"" }).joined(separator: "\n") + "\n"
    }

    /// Within the quotes of curl's configuration.
    private static func quoted(_ text: String) -> String {
        text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
    }

    /// In hexadecimal.
    static func signature(_ body: [UInt8], timestamp: String, secret: String) -> String {
        let text = Data("\(timestamp).".utf8) + Data(body)
        let code = HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: Data(secret.utf8)))
        return code.map { byte in
            let hex = String(byte, radix: 16)
            return hex.count == 1 ? "0\(hex)" : hex
        }.joined()
    }
}
