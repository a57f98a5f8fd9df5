import Foundation
import Synchronization

/// A browser at its barest: one request on one connection, with whatever headers a test wants.
struct Visitor {
    let port: Int

    struct Answer {
        var status: Int
        /// Names in lower case.
        var headers: [String: String]
        var bytes: [UInt8]
        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    struct Trouble: Error { var what: String }

    func get(_ path: String, _ headers: [String: String] = [:]) async throws -> Answer {
        try await send("GET", path, headers)
    }

    func post(_ path: String, _ form: String, _ headers: [String: String] = [:]) async throws -> Answer {
        let type = ["Content-Type": "application/x-www-form-urlencoded"]
        return try await send("POST", path, type.merging(headers) { $1 }, body: Array(form.utf8))
    }

    func send(
        _ method: String, _ path: String, _ headers: [String: String] = [:], body: [UInt8] = []
    ) async throws -> Answer {
        let connection = try Connection(port: port)
        try connection.write(Self.request(method, path, headers, body))
        return try await Self.onThread { try Self.parse(connection.readAll()) }
    }

    static func request(_ method: String, _ path: String, _ headers: [String: String], _ body: [UInt8] = []) -> [UInt8]
    {
        var all = ["Host": "127.0.0.1", "Connection": "close"]
        if !body.isEmpty { all["Content-Length"] = "\(body.count)" }
        all.merge(headers) { $1 }
        let lines = all.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
        return Array("\(method) \(path) HTTP/1.1\r\n\(lines)\r\n".utf8) + body
    }

    /// Blocking reads do not belong on the threads that tasks share.
    static func onThread<Value: Sendable>(_ body: @Sendable @escaping () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    private static func parse(_ bytes: [UInt8]) throws -> Answer {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
            throw Trouble(what: "no head in: \(String(decoding: bytes, as: UTF8.self))")
        }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, let status = Int(words[1]) else { throw Trouble(what: lines[0]) }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        }
        let body = Array(bytes[end.upperBound...])
        return Answer(
            status: status, headers: headers,
            bytes: headers["transfer-encoding"] == "chunked" ? try unchunked(body) : body)
    }

    private static func unchunked(_ bytes: [UInt8]) throws -> [UInt8] {
        var (rest, whole) = (bytes[...], [UInt8]())
        while let line = rest.firstRange(of: Array("\r\n".utf8)) {
            guard let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16) else {
                throw Trouble(what: "a broken chunk")
            }
            if size == 0 { return whole }
            whole += rest[line.upperBound..<(line.upperBound + size)]
            rest = rest[(line.upperBound + size + 2)...]
        }
        return whole
    }
}

/// A TCP connection to this machine.
final class Connection: Sendable {
    private let descriptor: Int32
    /// What `read(until:)` has read.
    private let soFar = Mutex<[UInt8]>([])

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Visitor.Trouble(what: "cannot connect: \(errno)") }
        // A server that hangs fails a test; it does not stop the suite.
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Visitor.Trouble(what: "cannot send: \(errno)") }
            rest = rest.dropFirst(count)
        }
    }

    /// Some bytes; none at the end.
    func readSome() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw Visitor.Trouble(what: "nothing came: \(errno)") }
        return Array(buffer[..<count])
    }

    func readAll() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while case let piece = try readSome(), !piece.isEmpty { bytes += piece }
        return bytes
    }

    /// Reads on until all text so far holds `words`.
    func read(until words: String) throws -> String {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            let text = soFar.withLock { String(decoding: $0, as: UTF8.self) }
            if text.contains(words) { return text }
            let piece = try readSome()
            guard !piece.isEmpty else { throw Visitor.Trouble(what: "ended before \(words): \(text)") }
            soFar.withLock { $0 += piece }
        }
        throw Visitor.Trouble(what: "\(words) did not come")
    }
}
