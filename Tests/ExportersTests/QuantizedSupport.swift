import Compression
import Compute
import Exporters
import Foundation
import Networks

extension Sample {
    /// For images of noise.
    func quantized(_ method: CalibrationMethod = .minMax) -> QuantizedNetwork {
        let all = images(16, seed: 77)
        let size = graph.input.count
        let samples = SampleImages(count: 16, labels: []) { range, to in
            for i in 0..<range.count * size { to[i] = all[range.lowerBound * size + i] }
        }
        return Quantizer(
            graph: graph, parameters: parameters, calibrating: samples, pool: ThreadPool(threads: 2)
        ).quantized(method)
    }

    /// - Parameter network: `nil`: its own, for images of noise.
    func cFile(_ network: QuantizedNetwork? = nil) throws -> CExporter {
        try CExporter(
            network ?? quantized(), twin: DeviceGraph(graph, parameters), metadata: metadata, producerVersion: "1.2.3")
    }
}

extension QuantizedNetwork {
    /// - Parameter images: N,H,W,C.
    func logits(_ images: [Float]) -> [Float] {
        let count = images.count / input.shape.count
        let engine = IntegerNetwork(self, maximumBatch: count, pool: ThreadPool(threads: 2))
        engine.input.update(from: images, count: images.count)
        engine.forward(count: count)
        return Array(UnsafeBufferPointer(start: engine.logits, count: count * classes))
    }
}
