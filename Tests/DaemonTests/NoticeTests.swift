import Crypto
import Foundation
import Ledger
import Manifests
import Synchronization
import Testing

@testable import Daemon

/// Hooks and the webhook.
@Suite struct NoticeTests {
    private func hook(_ bench: Bench, _ name: String, _ body: String, mode: mode_t = 0o755) throws {
        try bench.root.write("#!/bin/sh\ncd '\(bench.root.path)'\n\(body)\n", to: "hooks/\(name)")
        chmod(bench.root["hooks/\(name)"], mode)
    }

    private func isDelivered(_ bench: Bench) -> Bool { names(bench.state.notices).isEmpty }

    @Test func hooksGetTheJob() async throws {
        let bench = try Bench { $0.notify.hooks = $0.state.replacingOccurrences(of: "/State", with: "/hooks") }
        try hook(
            bench, "finished/10-save",
            "cat >told.json; echo \"$DISTILLD_EVENT $DISTILLD_JOB $DISTILLD_FOLDER\" >told.txt")
        try hook(bench, "finished/20-fail", "echo no; exit 3")
        try hook(bench, "finished/30-last", "touch last")
        try hook(bench, "finished/40-plain", "touch plain", mode: 0o644)
        try hook(bench, "finished/50-open", "touch open", mode: 0o777)
        try hook(bench, "failed/10-save", "cat >failed.json")
        try bench.dropDataset()
        try bench.dropManifest("tiny.job.yaml")
        try await bench.serving {
            let job = try await bench.awaitJobs(1)[0]
            try await eventually("the hooks have run") { exists(bench.root["last"]) && isDelivered(bench) }
            #expect(try readFile(bench.root["told.txt"]) == "finished \(job.id) \(bench.outbox(job.id))\n")
            let json = try JSONSerialization.jsonObject(with: Data(readFile(bench.root["told.json"]).utf8))
            let told = try #require(json as? [String: Any])
            #expect(told["event"] as? String == "finished" && told["schemaVersion"] as? Int == 1)
            #expect((told["job"] as? [String: Any])?["id"] as? String == job.id)
            #expect((told["headline"] as? [String: Any])?["studentAccuracy"] is Double)
            #expect(!exists(bench.root["plain"]) && !exists(bench.root["open"]) && !exists(bench.root["failed.json"]))
            #expect(
                bench.log.contains("hook=\(bench.root["hooks/finished/20-fail"]) how=exited with 3")
                    || bench.log.contains("how=exited with 3"))
            #expect(bench.log.contains("because other users can change it"))

            try bench.dropManifest("broken.job.yaml", "studnet: x")
            _ = try await bench.awaitJobs(2)
            try await eventually("the other is told") { exists(bench.root["failed.json"]) && isDelivered(bench) }
            let failed = try readFile(bench.root["failed.json"])
            #expect(failed.contains("\"code\" : \"manifest.invalid\""))
        }
    }

    @Test func aHookThatHangsIsKilledWithItsChildren() async throws {
        let bench = try Bench {
            $0.notify.hooks = $0.state.replacingOccurrences(of: "/State", with: "/hooks")
            $0.notify.hookSeconds = 1
        }
        try hook(bench, "finished/hang", "sleep 1000 & echo $! >child; wait")
        try bench.dropDataset()
        try bench.dropManifest("tiny.job.yaml")
        try await bench.serving {
            _ = try await bench.awaitJobs(1)
            try await eventually("it is killed") { bench.log.contains("took too long and was killed") }
            let child = try #require(
                Int32(readFile(bench.root["child"]).trimmingCharacters(in: .whitespacesAndNewlines)))
            try await eventually("its child is gone") { kill(child, 0) != 0 || isZombie(child) }
        }
    }

    /// Where nobody reaps orphans, one that is dead keeps its number.
    private func isZombie(_ pid: Int32) -> Bool {
        ((try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? "").contains(") Z ")
    }

    @Test(.enabled(if: access("/usr/bin/curl", X_OK) == 0, "curl is not installed"))
    func theWebhookIsToldUntilItListens() async throws {
        let receiver = try Receiver(answers: [500, 404, 204])
        let secret = "sixteen-signs-or-more"
        let bench = try Bench {
            $0.notify.webhook = "http://127.0.0.1:\(receiver.port)/hook?a=1"
            $0.notify.secret = secret
        }
        try bench.dropDataset()
        try bench.dropManifest("tiny.job.yaml")
        try await bench.serving {
            let job = try await bench.awaitJobs(1)[0]
            try await eventually("it is taken") { receiver.requests.count == 3 && isDelivered(bench) }
            for request in receiver.requests {
                #expect(request.head.hasPrefix("POST /hook?a=1 HTTP/1.1\r\n"))
                let headers = request.headers
                #expect(headers["x-distilld-delivery"] == job.id && headers["x-distilld-event"] == "finished")
                let time = try #require(headers["x-distilld-timestamp"])
                let code = HMAC<SHA256>.authenticationCode(
                    for: Data("\(time).".utf8) + Data(request.body), using: SymmetricKey(data: Data(secret.utf8)))
                let hex = code.map { String(format: "%02x", $0) }.joined()
                #expect(headers["x-distilld-signature"] == "sha256=\(hex)")
                #expect(String(decoding: request.body, as: UTF8.self).contains("\"id\" : \"\(job.id)\""))
            }
            #expect(bench.log.contains("answer=HTTP 500") && bench.log.contains("answer=HTTP 404"))
        }
    }

    @Test(.enabled(if: access("/usr/bin/curl", X_OK) == 0, "curl is not installed"))
    func aNoticeOutlivesTheDaemon() async throws {
        let receiver = try Receiver(answers: [503, 200])
        let bench = try Bench { $0.notify.webhook = "http://127.0.0.1:\(receiver.port)/" }
        try bench.dropDataset()
        try bench.dropManifest("tiny.job.yaml")
        try await bench.serving {
            _ = try await bench.awaitJobs(1)
            try await eventually("it was tried") { !receiver.requests.isEmpty }
        }
        try await bench.serving {
            try await eventually("the next daemon is heard") { receiver.requests.count >= 2 && isDelivered(bench) }
        }
        #expect(Set(receiver.requests.map { $0.headers["x-distilld-delivery"] }).count == 1)
    }

    @Test func nobodyIsToldOfACancelledJob() async throws {
        let bench = try Bench(worker: "suspendable\nstage teacher 10; await go") {
            $0.notify.hooks = $0.state.replacingOccurrences(of: "/State", with: "/hooks")
        }
        try bench.dropDataset()
        try bench.dropManifest("tiny.job.yaml")
        try await bench.serving {
            let job = try await bench.awaitJob("it runs") { $0.workerPID != nil }
            _ = try await bench.client.cancel(job.id)
            _ = try await bench.awaitJob("it is cancelled")
            #expect(isDelivered(bench))
        }
    }

    /// RFC 4231, test case 2, with the timestamp and the full stop as the beginning of the text.
    @Test func theSignatureIsHMAC() {
        let code = Webhook.signature(Array("ya want for nothing?".utf8), timestamp: "what do ", secret: "Jefe")
        let expected = HMAC<SHA256>.authenticationCode(
            for: Data("what do .ya want for nothing?".utf8), using: SymmetricKey(data: Data("Jefe".utf8)))
        #expect(code == expected.map { String(format: "%02x", $0) }.joined())
    }
}

/// A receiver of webhooks, which answers with one status after the other, and then with the last.
final class Receiver: Sendable {
    struct Request: Sendable {
        var head: String
        var body: [UInt8]

        var headers: [String: String] {
            head.components(separatedBy: "\r\n").dropFirst().reduce(into: [:]) { headers, line in
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
            }
        }
    }

    let port: Int
    private let descriptor: Int32
    private let received = Mutex<[Request]>([])

    var requests: [Request] { received.withLock { $0 } }

    init(answers: [Int]) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        try #require(code)
        port = Int(UInt16(bigEndian: address.sin_port))
        let received = Taker(self)
        Thread.detachNewThread {
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                received.take(connection, answers)
                close(connection)
            }
        }
    }

    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Does not keep the receiver alive.
    private struct Taker: @unchecked Sendable {
        weak var receiver: Receiver?

        init(_ receiver: Receiver) { self.receiver = receiver }

        func take(_ connection: Int32, _ answers: [Int]) {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = recv(connection, &buffer, buffer.count, 0)
                guard count > 0 else { return }
                bytes += buffer[..<count]
                guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { continue }
                var request = Request(
                    head: String(decoding: bytes[..<end.lowerBound], as: UTF8.self),
                    body: Array(bytes[end.upperBound...]))
                guard let length = Int(request.headers["content-length"] ?? "0"), request.body.count >= length else {
                    continue
                }
                request.body = Array(request.body.prefix(length))
                guard let receiver else { return }
                let index = receiver.received.withLock { received in
                    received.append(request)
                    return received.count - 1
                }
                let status = answers[min(index, answers.count - 1)]
                let answer = Array("HTTP/1.1 \(status) X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)
                send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
                return
            }
        }
    }
}
