import Foundation
import Manifests
import Testing

@testable import Daemon

/// Which job starts when.
@Suite struct SchedulingTests {
    @Test func jobsStartByPriorityThenByArrival() async throws {
        let bench = try Bench(worker: "suspendable; await go; finish")
        try bench.dropDataset()
        try bench.dropManifest("first.job.yaml")
        try await bench.serving {
            _ = try await bench.awaitJob("the first runs") { $0.state == .running }
            for (name, priority) in [("low", -5), ("a", 0), ("high", 9)] {
                try bench.dropManifest("\(name).job.yaml", "priority: \(priority)")
                _ = try await bench.awaitJob("it is queued") { $0.name == name }
            }
            try bench.dropManifest("b.job.yaml")
            _ = try await bench.awaitJob("the last is queued") { $0.name == "b" }
            try bench.allow()
            let jobs = try await bench.awaitJobs(5)
            let order = bench.runs.map { id in jobs.first { $0.id == id }?.name }
            #expect(order == ["first", "high", "a", "b", "low"])
        }
        bench.expectTidy()
    }

    @Test func asManyRunAsConfigured() async throws {
        let bench = try Bench(worker: "echo $threads >>$bench/threads; suspendable; await go; finish") {
            $0.jobsAtOnce = 2
            $0.threadsPerJob = 3
        }
        try bench.dropDataset()
        for name in ["a", "b", "c"] { try bench.dropManifest("\(name).job.yaml") }
        try await bench.serving {
            try await eventually("two run") { bench.runs.count == 2 }
            // A mistake need not wait until a job has ended.
            try bench.dropManifest("broken.job.yaml", "seed: none")
            _ = try await bench.awaitJob("the mistake is published") { $0.state == .failed }
            #expect(bench.runs.count == 2)
            #expect(try await bench.jobs().filter { $0.state == .queued }.count == 1)
            try bench.allow()
            let jobs = try await bench.awaitJobs(4)
            #expect(jobs.filter { $0.state == .done }.count == 3)
            #expect(try readFile(bench.root["threads"]) == "3\n3\n3\n")
        }
        bench.expectTidy()
    }

    @Test func theOutputOfOneWorkerEndsBeforeAnothersDoes() async throws {
        // Workers that are started at the same time must not inherit each other's pipes.
        let bench = try Bench(worker: "case $id in slow*) suspendable; await go;; esac; finish") { $0.jobsAtOnce = 8 }
        try bench.dropDataset()
        for number in 1...4 {
            try bench.dropManifest("slow\(number).job.yaml")
            try bench.dropManifest("fast\(number).job.yaml")
        }
        try await bench.serving {
            let jobs = try await bench.awaitJobs(4)
            #expect(jobs.filter(\.state.isFinal).allSatisfy { $0.name.hasPrefix("fast") })
            try bench.allow()
            _ = try await bench.awaitJobs(8)
        }
        bench.expectTidy()
    }
}
