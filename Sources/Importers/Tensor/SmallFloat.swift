/// A binary floating-point format of up to 16 bits: a sign, `exponentBits`, then `fractionBits`.
///
/// The float8 formats are those of Micikevicius et al., "FP8 formats for deep learning" (2022); the `fnuz` ones have
/// neither infinities nor a negative zero (its pattern is the NaN), as in Noune et al. (2022).
struct SmallFloat: Sendable {
    let exponentBits, fractionBits, bias: Int
    let hasInfinity: Bool
    /// The one pattern that is NaN, without the sign; `nil` where every full exponent with a fraction is.
    let soleNaN: Int?
    /// No negative zero: its pattern is NaN.
    let isUnsignedZero: Bool

    private init(
        _ exponentBits: Int, _ fractionBits: Int, bias: Int, hasInfinity: Bool, soleNaN: Int? = nil,
        isUnsignedZero: Bool = false
    ) {
        self.exponentBits = exponentBits
        self.fractionBits = fractionBits
        self.bias = bias
        self.hasInfinity = hasInfinity
        self.soleNaN = soleNaN
        self.isUnsignedZero = isUnsignedZero
    }

    static let half = SmallFloat(5, 10, bias: 15, hasInfinity: true)
    static let brain = SmallFloat(8, 7, bias: 127, hasInfinity: true)
    static let e4m3fn = SmallFloat(4, 3, bias: 7, hasInfinity: false, soleNaN: 0x7F)
    static let e4m3fnuz = SmallFloat(4, 3, bias: 8, hasInfinity: false, soleNaN: -1, isUnsignedZero: true)
    static let e5m2 = SmallFloat(5, 2, bias: 15, hasInfinity: true)
    static let e5m2fnuz = SmallFloat(5, 2, bias: 16, hasInfinity: false, soleNaN: -1, isUnsignedZero: true)
    static let e2m1 = SmallFloat(2, 1, bias: 1, hasInfinity: false, soleNaN: -1)

    /// The largest finite value.
    var largest: Double {
        let fullExponent = (1 << exponentBits) - 1
        let exponent = hasInfinity ? fullExponent - 1 : fullExponent
        // With a sole NaN at the very top (e4m3fn) the largest fraction is one less.
        let fraction = (1 << fractionBits) - (soleNaN == 0x7F ? 2 : 1)
        return scale(Double((1 << fractionBits) + fraction), exponent - bias - fractionBits)
    }

    /// The value of a bit pattern.
    func value(bits: Int) -> Double {
        let sign = bits >> (exponentBits + fractionBits) & 1 == 1
        let magnitude = bits & ((1 << (exponentBits + fractionBits)) - 1)
        let exponent = magnitude >> fractionBits
        let fraction = magnitude & ((1 << fractionBits) - 1)
        if let soleNaN {
            if magnitude == soleNaN || (isUnsignedZero && sign && magnitude == 0) { return .nan }
        } else if exponent == (1 << exponentBits) - 1 {
            if fraction != 0 { return .nan }
            return sign ? -.infinity : .infinity
        }
        let absolute =
            exponent == 0
            ? scale(Double(fraction), 1 - bias - fractionBits)
            : scale(Double((1 << fractionBits) + fraction), exponent - bias - fractionBits)
        return sign ? -absolute : absolute
    }

    /// The nearest value, ties to even.
    ///
    /// - Parameter saturates: whether a value beyond the largest becomes the largest; else infinity, or NaN.
    func round(_ value: Double, saturates: Bool) -> Double {
        guard !value.isNaN else { return .nan }
        if value == 0 { return isUnsignedZero ? 0 : value }
        if value.isInfinite {
            if saturates { return value < 0 ? -largest : largest }
            return hasInfinity ? value : .nan
        }
        let exponent = max(Int(value.exponent), 1 - bias)
        let rounded = scale(scale(value, fractionBits - exponent).rounded(.toNearestOrEven), exponent - fractionBits)
        guard abs(rounded) > largest else { return rounded == 0 && isUnsignedZero ? 0 : rounded }
        if saturates { return value < 0 ? -largest : largest }
        return hasInfinity ? (value < 0 ? -.infinity : .infinity) : .nan
    }

    private func scale(_ value: Double, _ exponent: Int) -> Double {
        Double(sign: .plus, exponent: exponent, significand: value)
    }
}
