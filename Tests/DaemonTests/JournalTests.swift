import Foundation
import Logging
import Manifests
import Testing

@testable import Daemon

/// What systemd's journal hears.
@Suite struct JournalTests {
    private func logger(_ socket: String, environment: [String: String] = ["JOURNAL_STREAM": "8:1"]) -> Logger {
        let handler = DaemonLogHandler(config: LogConfig(), environment: environment, socket: socket)
        return Logger(label: "test") { _ in handler }
    }

    @Test func fieldsArriveUnderTheirNames() throws {
        let journal = try DatagramListener()
        var logger = logger(journal.address)
        logger[metadataKey: "job"] = "shapes-1"
        logger.info("Epoch 3 of 8", metadata: ["dataset": "shapes.tar", "epoch": "3", "inARow": "2"])
        #expect(
            journal.messages() == [
                "PRIORITY=6\nSYSLOG_IDENTIFIER=distilld\nMESSAGE=Epoch 3 of 8 dataset=shapes.tar epoch=3 inARow=2 "
                    + "job=shapes-1\nDATASET=shapes.tar\nEPOCH=3\n"
                    + "DISTILLD_IN_A_ROW=2\nJOB_ID=shapes-1\n"
            ])
    }

    /// Nobody adds fields of their own by a name with newlines in it.
    @Test func aValueOfSeveralLinesComesWithItsLength() {
        let entry = JournalEntry(.error, "a\nPRIORITY=0", [])
        let expected = Array("PRIORITY=3\nSYSLOG_IDENTIFIER=distilld\nMESSAGE\n".utf8) + [12, 0, 0, 0, 0, 0, 0, 0]
        #expect(entry.bytes == expected + Array("a\nPRIORITY=0\n".utf8))
    }

    @Test func withoutAJournalNothingIsSentToIt() throws {
        let journal = try DatagramListener()
        logger(journal.address, environment: [:]).info("Serving")
        #expect(journal.messages().isEmpty)
    }
}
