import Foundation
import Ledger
import Testing

@testable import Daemon
@testable import StatusServer

/// What is kept between one page and the next.
@Suite struct PageMemoryTests {
    @Test func aPageIsMadeOnceForAllWhoAskWithinItsAge() async throws {
        let memory = PageMemory()
        #expect(try await memory.page("/") { "first" } == "first")
        #expect(try await memory.page("/") { "second" } == "first")
        #expect(try await memory.page("/other") { "other" } == "other")
        try await Task.sleep(for: PageMemory.age)
        #expect(try await memory.page("/") { "third" } == "third")
    }

    @Test func whatChangesSomethingIsSeenOnTheNextPage() async throws {
        let memory = PageMemory()
        _ = try await memory.page("/") { "before" }
        memory.forget()
        #expect(try await memory.page("/") { "after" } == "after")
        // A page that was being made while things changed is not kept.
        memory.forget()
        let made = try await memory.page("/") {
            memory.forget()
            return "between"
        }
        #expect(made == "between")
        #expect(try await memory.page("/") { "afterwards" } == "afterwards")
    }

    @Test func aPageThatFailsIsNotRemembered() async throws {
        let memory = PageMemory()
        await #expect(throws: PageError.self) { try await memory.page("/") { throw PageError.noJob("none") } }
        #expect(try await memory.page("/") { "whole" } == "whole")
    }

    @Test func aLedgerMadeAnewIsReadInsteadOfTheOldOne() async throws {
        let page = try PageBench()
        try await page.book([PageBench.job("tiny-1")])
        let kept = KeptLedger(page.bench.client)
        #expect(try await kept.reader().jobs().map(\.id) == ["tiny-1"])
        let state = page.bench.state
        for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: state.ledger + suffix) {
            try FileManager.default.moveItem(
                atPath: state.ledger + suffix, toPath: page.bench.config.state + "/damaged" + suffix)
        }
        try await page.book([PageBench.job("tiny-2")])
        #expect(try await kept.reader().jobs().map(\.id) == ["tiny-2"])
    }
}
