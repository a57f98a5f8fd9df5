import Foundation
import Ledger
import Testing

@testable import Daemon

@Suite struct JobIDTests {
    private let time = Date(timeIntervalSince1970: 1_795_517_592)

    private func makeIDs(_ folder: TemporaryFolder) throws -> JobIDs {
        JobIDs(
            ledger: try Ledger(path: folder["ledger.sqlite"]), state: StateLayout(root: folder.path),
            inbox: folder["inbox"], outbox: folder["outbox"])
    }

    @Test func anIdentifierIsNameAndTime() async throws {
        let folder = try TemporaryFolder()
        let ids = try makeIDs(folder)
        #expect(
            try await ids.make(for: ["cifar-tiny", "my job!"], at: time) == [
                "cifar-tiny-20261124-105312", "my-job-20261124-105312",
            ])
    }

    @Test func severalOfASecondAreNumbered() async throws {
        let folder = try TemporaryFolder()
        let ids = try makeIDs(folder)
        #expect(
            try await ids.make(for: ["a", "a", "a"], at: time) == [
                "a-20261124-105312", "a-20261124-105312-2", "a-20261124-105312-3",
            ])
    }

    @Test(arguments: ["outbox", "jobs", "archive", "inbox/.failed"])
    func whatAFolderIsNamedIsNotGivenAgain(place: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "\(place)/a-20261124-105312/x")
        #expect(try await makeIDs(folder).make(for: ["a"], at: time) == ["a-20261124-105312-2"])
    }

    @Test func whatTheLedgerKnowsIsNotGivenAgain() async throws {
        let folder = try TemporaryFolder()
        let ids = try makeIDs(folder)
        try await ids.ledger.add([
            JobRecord(
                id: "a-20261124-105312", name: "a", manifestName: "", datasetName: "", source: .manifest,
                sourcePath: "", fingerprint: "")
        ])
        #expect(try await ids.make(for: ["a"], at: time) == ["a-20261124-105312-2"])
    }

    @Test func timesAreUTC() {
        #expect(Timestamp.compact(time) == "20261124-105312")
        #expect(Timestamp.iso(time.addingTimeInterval(0.25)) == "2026-11-24T10:53:12.250Z")
        #expect(Timestamp.iso(Date(timeIntervalSince1970: -0.5)) == "1969-12-31T23:59:59.500Z")
    }
}
