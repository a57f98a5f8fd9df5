import Foundation
import Manifests
import Testing

/// What becomes of a worker that takes too much.
struct MemoryLimitTests {
    @Test func aJobThatTakesTooMuchMemoryEndsAndOthersGoOn() throws {
        let site = try Site("memoryPerJob: 400 MiB")
        try SmallJob.writeDataset(to: site.url("Inbox/shapes"))
        try site.drop(
            """
            dataset: shapes
            input: { width: 128, height: 128, channels: rgb }
            teacher: { model: vgg13, epochs: 1 }
            student: { model: convnet3, epochs: 1 }
            training: { batch: 64 }

            """, as: "large.job.yaml")
        try site.start()
        let large = try site.awaitJob("large")[0]
        let error = String(decoding: try site.file("\(large)/error.json"), as: UTF8.self)
        #expect(error.contains("\"code\" : \"worker.memory\""), "\(error)")
        #expect(error.contains("400 MiB") && error.contains("memoryPerJob"), "\(error)")
        try site.drop(SmallJob.manifest(), as: "small.job.yaml")
        let small = try site.awaitJob("small")[0]
        #expect(try site.names(small).contains("student.onnx"))
        #expect(try site.stop().code == 0)
    }
}
