/// Arithmetic of rows that the losses on relations share.
enum Rows {
    /// Memory for the time of `body`; its values are undefined at first.
    static func scratch<Result>(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: max(count, 1)) { floats in
            guard let base = floats.baseAddress else { preconditionFailure("no memory for \(count) values") }
            return body(base)
        }
    }

    static func product(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Double {
        // Eight sums at a time, so that an addition need not wait for the one before.
        var sums = SIMD8<Double>()
        var i = 0
        while i + 8 <= count {
            sums += SIMD8<Double>(eight(a + i)) * SIMD8<Double>(eight(b + i))
            i += 8
        }
        var sum = sums.sum()
        while i < count {
            sum += Double(a[i]) * Double(b[i])
            i += 1
        }
        return sum
    }

    private static func eight(_ x: UnsafePointer<Float>) -> SIMD8<Float> {
        UnsafeRawPointer(x).loadUnaligned(as: SIMD8<Float>.self)
    }

    /// b - a into `result`; returns its length.
    static func difference(
        from a: UnsafePointer<Float>, to b: UnsafePointer<Float>, _ count: Int,
        into result: UnsafeMutablePointer<Float>
    ) -> Float {
        var squares = 0.0
        for i in 0..<count {
            result[i] = b[i] - a[i]
            squares += Double(result[i]) * Double(result[i])
        }
        return Float(squares.squareRoot())
    }

    /// Huber's loss with its bend at 1, and its slope.
    static func huber(_ x: Float) -> (value: Double, slope: Float) {
        let size = abs(x)
        return size < 1 ? (0.5 * Double(x) * Double(x), x) : (Double(size) - 0.5, x < 0 ? -1 : 1)
    }
}
