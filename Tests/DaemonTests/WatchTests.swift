import Foundation
import Testing

@testable import Daemon

/// Where the kernel tells nothing of changes, or not all.
@Suite struct WatchTests {
    private static let words = "Changes are not told at once but found by looking from time to time"

    /// As on a network file system, and where `max_user_instances` is reached.
    @Test func withoutEventsJobsAreFoundByLooking() async throws {
        let none = Inotify {
            errno = EMFILE
            return -1
        }
        let bench = try Bench(inotify: none)
        try await bench.serving {
            try bench.dropDataset()
            try bench.dropManifest()
            #expect(try await bench.awaitJob().state == .done)
        }
        bench.expectTidy()
    }

    /// Where `max_user_watches` is reached: a pipe takes no watches.
    @Test func withoutWatchesItIsSaidOnce() async throws {
        let pipe = Inotify {
            var ends: [Int32] = [-1, -1]
            guard Glibc.pipe(&ends) == 0 else { return -1 }
            for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
            return ends[0]
        }
        let bench = try Bench(inotify: pipe)
        try await bench.serving {
            for name in ["first", "second"] {
                try bench.dropDataset(name)
                try bench.dropManifest("\(name).job.yaml", dataset: name)
            }
            #expect(try await bench.awaitJobs(2).allSatisfy { $0.state == .done })
        }
        // Of the inbox and of the control folder.
        #expect(bench.log.lines.filter { $0.contains(Self.words) }.count == 2)
    }

    /// More changes than the kernel's queue holds, before anybody reads one of them.
    @Test func aQueueThatOverflowsIsAHintToo() async throws {
        let folder = try TemporaryFolder()
        let limit = try readFile("/proc/sys/fs/inotify/max_queued_events").trimmingCharacters(in: .newlines)
        let descriptor = InboxWatch.inotify()
        try #require(inotify_add_watch(descriptor, folder.path, UInt32(IN_CREATE)) >= 0)
        for number in 0..<min(200_000, try #require(Int(limit)) + 100) { close(creat(folder["\(number)"], 0o600)) }
        let signal = Signal()
        let watch = InboxWatch(raising: signal, logger: CollectingLog().logger, open: { descriptor })
        await signal.wait(atMost: patience)
        // It listens on.
        watch.watch([folder.path])
        try await Task.sleep(for: .milliseconds(100))
        let waiting = Task {
            let begin = ContinuousClock.now
            await signal.wait(atMost: patience)
            return ContinuousClock.now - begin
        }
        try folder.write("", to: "one more")
        #expect(await waiting.value < patience / 2)
        withExtendedLifetime(watch) {}
    }
}
