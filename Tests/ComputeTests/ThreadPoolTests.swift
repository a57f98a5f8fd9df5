import Compute
import Foundation
import Synchronization
import Testing

@Suite struct ThreadPoolTests {
    @Test(arguments: [1, 2, 3, 8]) func everyTaskRunsOnceOnAKnownThread(threads: Int) {
        let pool = ThreadPool(threads: threads)
        for count in [0, 1, 2, 5, 100, 1000] {
            let hits = Marks(count)
            let strays = Atomic(0)
            pool.run(count) { task, thread in
                hits.mark(task)
                if !(0..<threads).contains(thread) { strays.add(1, ordering: .relaxed) }
            }
            #expect(hits.values == Array(repeating: 1, count: count))
            #expect(strays.load(ordering: .relaxed) == 0)
        }
    }

    @Test func manyShortCalls() {
        let pool = ThreadPool(threads: 3)
        let total = Atomic(0)
        for _ in 0..<20_000 { pool.run(4) { task, _ in total.add(task, ordering: .relaxed) } }
        #expect(total.load(ordering: .relaxed) == 20_000 * 6)
    }

    /// Threads go to sleep between calls; they must wake again.
    @Test func wakesAfterAPause() {
        let pool = ThreadPool(threads: 2)
        let total = Atomic(0)
        for _ in 0..<5 {
            Thread.sleep(forTimeInterval: 0.02)
            pool.run(10) { _, _ in total.add(1, ordering: .relaxed) }
        }
        #expect(total.load(ordering: .relaxed) == 50)
    }

    @Test func callsFromSeveralThreadsTakeTurns() async {
        let pool = ThreadPool(threads: 2)
        let sums = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let total = Atomic(0)
                    for _ in 0..<200 { pool.run(8) { task, _ in total.add(task, ordering: .relaxed) } }
                    return total.load(ordering: .relaxed)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sums == Array(repeating: 200 * 28, count: 4))
    }
}

/// Counts of each task, one writer a slot.
private final class Marks: @unchecked Sendable {
    private let memory: UnsafeMutableBufferPointer<Int>
    init(_ count: Int) {
        memory = .allocate(capacity: count)
        memory.initialize(repeating: 0)
    }
    deinit { memory.deallocate() }
    func mark(_ index: Int) { memory[index] += 1 }
    var values: [Int] { Array(memory) }
}
