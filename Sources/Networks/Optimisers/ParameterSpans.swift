import Compute

/// Where the trainable values of a `ParameterBuffer` lie, cut into tasks of about equal size for a thread pool.
///
/// The cuts follow from the graph alone, so that an optimiser does the same arithmetic on any number of threads.
struct ParameterSpans: Sendable {
    /// Consecutive values of one parameter.
    struct Span: Sendable, Equatable {
        var offset: Int
        var count: Int
        /// Whether weight decay applies.
        var decays: Bool
    }

    /// Values that make it worth waking a thread: four buffers of this size stay in a core's cache.
    static let taskSize = 32_768

    let spans: [Span]
    /// Task t covers the spans `starts[t]..<starts[t + 1]`.
    let starts: [Int]

    var tasks: Int { starts.count - 1 }

    init(_ graph: Graph) {
        var spans: [Span] = []
        var starts = [0]
        var room = Self.taskSize
        for parameter in graph.parameters where parameter.role.isTrainable {
            var done = 0
            while done < parameter.count {
                let count = min(room, parameter.count - done)
                spans.append(Span(offset: parameter.offset + done, count: count, decays: parameter.role.decays))
                done += count
                room -= count
                if room == 0 {
                    starts.append(spans.count)
                    room = Self.taskSize
                }
            }
        }
        if starts[starts.count - 1] < spans.count { starts.append(spans.count) }
        self.spans = spans
        self.starts = starts
    }
}

extension ThreadPool {
    /// Runs `body` for every span; those of one task follow each other on one thread.
    func run(_ layout: ParameterSpans, _ body: (ParameterSpans.Span) -> Void) {
        layout.spans.withUnsafeBufferPointer { spans in
            layout.starts.withUnsafeBufferPointer { starts in
                run(layout.tasks) { task, _ in
                    for index in starts[task]..<starts[task + 1] { body(spans[index]) }
                }
            }
        }
    }
}
