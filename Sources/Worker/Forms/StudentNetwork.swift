import Compression
import Importers
import Networks

/// A student in any of its forms: floats N,H,W,C in, logits out.
protocol StudentNetwork: AnyObject {
    var maximumBatch: Int { get }
    var input: UnsafeMutablePointer<Float> { get }
    var logits: UnsafeMutablePointer<Float> { get }
    func forward(count: Int)
}

extension InferenceNetwork: StudentNetwork {}
extension IntegerNetwork: StudentNetwork {}
extension ImportedNetwork: StudentNetwork {}
