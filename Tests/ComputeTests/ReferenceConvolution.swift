import Compute

/// Convolution by its definition, in double precision: the oracle of the tests.
struct ReferenceConvolution {
    let g: ConvolutionGeometry

    /// Calls `body` for every product: input index, weight index, output index, for one image.
    private func eachProduct(_ body: (_ x: Int, _ w: Int, _ y: Int) -> Void) {
        let inner = g.channels / g.groups
        let perGroup = g.outputs / g.groups
        for oy in 0..<g.outHeight {
            for ox in 0..<g.outWidth {
                for o in 0..<g.outputs {
                    for ky in 0..<g.kernelHeight {
                        for kx in 0..<g.kernelWidth {
                            let iy = oy * g.stride + ky - g.padTop
                            let ix = ox * g.stride + kx - g.padLeft
                            guard (0..<g.height).contains(iy), (0..<g.width).contains(ix) else { continue }
                            for i in 0..<inner {
                                let channel = o / perGroup * inner + i
                                body(
                                    (iy * g.width + ix) * g.channels + channel,
                                    ((o * g.kernelHeight + ky) * g.kernelWidth + kx) * inner + i,
                                    (oy * g.outWidth + ox) * g.outputs + o)
                            }
                        }
                    }
                }
            }
        }
    }

    func forward(_ x: [Float], weight: [Float], bias: [Float]?, images: Int) -> [Double] {
        var y = [Double](repeating: 0, count: images * g.outputCount)
        for image in 0..<images {
            eachProduct { xi, wi, yi in
                y[image * g.outputCount + yi] += Double(x[image * g.inputCount + xi]) * Double(weight[wi])
            }
        }
        if let bias { for i in y.indices { y[i] += Double(bias[i % g.outputs]) } }
        return y
    }

    func backward(_ x: [Float], weight: [Float], dy: [Float], images: Int) -> (dx: [Double], dWeight: [Double]) {
        var dx = [Double](repeating: 0, count: images * g.inputCount)
        var dWeight = [Double](repeating: 0, count: g.weightCount)
        for image in 0..<images {
            eachProduct { xi, wi, yi in
                let gradient = Double(dy[image * g.outputCount + yi])
                dx[image * g.inputCount + xi] += gradient * Double(weight[wi])
                dWeight[wi] += gradient * Double(x[image * g.inputCount + xi])
            }
        }
        return (dx, dWeight)
    }
}

/// Deterministic values in -1..<1.
func noise(_ count: Int, stream: UInt32) -> [Float] {
    var random = CounterRandom(seed: 11, stream: stream)
    return (0..<count).map { _ in random.uniform() * 2 - 1 }
}
