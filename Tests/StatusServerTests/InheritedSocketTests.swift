import Foundation
import Manifests
import ServiceLifecycle
import Synchronization
import Testing

@testable import Daemon
@testable import StatusServer

/// A socket that the service manager has opened.
@Suite struct InheritedSocketTests {
    /// Listening; the caller closes it.
    private func listen(on address: String) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, address, &target.sin_addr)
        let bound = withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(bound == 0 && Glibc.listen(descriptor, 16) == 0)
        return descriptor
    }

    private func status(
        _ page: PageBench, _ socket: InheritedSocket, grace: Duration = .seconds(2),
        onServing: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> StatusPage {
        StatusPage(
            config: page.bench.config, version: "1.2.3", logger: page.bench.log.logger, inherited: socket, grace: grace,
            onServing: onServing)
    }

    /// As the daemon runs it.
    private func serve(_ page: PageBench, _ socket: InheritedSocket, grace: Duration) -> ServiceGroup {
        ServiceGroup(
            configuration: .init(
                services: [.init(service: status(page, socket, grace: grace))], logger: page.bench.log.logger))
    }

    @Test func itsPageIsTheSame() async throws {
        let page = try PageBench()
        try await page.book([PageBench.job("tiny-1")])
        let descriptor = try listen(on: "127.0.0.1")
        defer { close(descriptor) }
        let socket = try #require(InheritedSocket(descriptor))
        #expect(socket.isLocal && socket.port > 0 && socket.address == "http://127.0.0.1:\(socket.port)")
        let served = Mutex<Int?>(nil)
        let status = status(page, socket) { port in served.withLock { $0 = port } }
        let run = Task { try await status.run() }
        try await eventually("the page is served") { served.withLock { $0 } != nil }
        let visitor = Visitor(port: socket.port)
        #expect(try await visitor.get("/", ["Accept": "text/html"]).text.contains("tiny-1"))
        #expect(try await visitor.get("/healthz").text == "ok\n")
        #expect(try await visitor.get("/", ["Host": "evil.example"]).status == 421)
        run.cancel()
        _ = await run.result
        #expect(fcntl(descriptor, F_GETFD) >= 0, "the socket is the manager's")
    }

    private final class Answers: Sendable {
        let count = Mutex(0)
    }

    /// The daemon is started again and again while others ask: they wait, and all have their answers.
    @Test func nobodyIsLostBetweenOneServerAndTheNext() async throws {
        let page = try PageBench()
        let descriptor = try listen(on: "127.0.0.1")
        defer { close(descriptor) }
        let socket = try #require(InheritedSocket(descriptor))
        let answers = Answers()
        try await withThrowingTaskGroup(of: Void.self) { visitors in
            for _ in 0..<6 {
                visitors.addTask {
                    while !Task.isCancelled {
                        let answer = try await Visitor(port: socket.port).get("/healthz")
                        #expect(answer.text == "ok\n")
                        answers.count.withLock { $0 += 1 }
                    }
                }
            }
            for round in 1...20 {
                let group = serve(page, socket, grace: .seconds(60))
                let run = Task { try await group.run() }
                let before = answers.count.withLock { $0 }
                try await eventually("somebody is answered in round \(round)") {
                    answers.count.withLock { $0 } > before
                }
                await group.triggerGracefulShutdown()
                try await run.value
            }
            visitors.cancelAll()
            // The last of them wait for a server.
            let last = status(page, socket)
            let run = Task { try await last.run() }
            try await visitors.waitForAll()
            run.cancel()
            _ = await run.result
        }
    }

    /// A browser keeps its connection; the daemon's end does not wait for it.
    @Test func anIdleConnectionDoesNotHoldUpTheEnd() async throws {
        let page = try PageBench()
        let descriptor = try listen(on: "127.0.0.1")
        defer { close(descriptor) }
        let socket = try #require(InheritedSocket(descriptor))
        let group = serve(page, socket, grace: .seconds(600))
        let run = Task { try await group.run() }
        let idle = try Connection(port: socket.port)
        try idle.write(Visitor.request("GET", "/healthz", ["Connection": "keep-alive"]))
        let answer = try await Visitor.onThread { try idle.read(until: "ok\n") }
        #expect(answer.contains("200 OK"))
        await group.triggerGracefulShutdown()
        try await run.value
        let rest = try await Visitor.onThread { try idle.readAll() }
        #expect(rest.isEmpty)
    }

    @Test func whatOthersReachNeedsAToken() async throws {
        let page = try PageBench()
        let descriptor = try listen(on: "0.0.0.0")
        defer { close(descriptor) }
        let socket = try #require(InheritedSocket(descriptor))
        #expect(!socket.isLocal)
        let status = status(page, socket) { _ in Issue.record("it is served") }
        let run = Task { try await status.run() }
        try await eventually("it is said") { page.bench.log.contains("other machines reach this socket") }
        run.cancel()
        _ = await run.result
    }

    @Test func onlyListeningSocketsOfThisProcessCount() throws {
        #expect(InheritedSocket(environment: [:]) == nil)
        #expect(InheritedSocket(environment: ["LISTEN_PID": "1", "LISTEN_FDS": "1"]) == nil)
        #expect(InheritedSocket(environment: ["LISTEN_PID": "\(getpid())", "LISTEN_FDS": "0"]) == nil)
        let plain = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(plain) }
        #expect(InheritedSocket(plain) == nil, "it does not listen")
    }
}
