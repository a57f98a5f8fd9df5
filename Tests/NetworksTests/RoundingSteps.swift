import Networks

/// What rounding does to the values of a `ReferenceNetwork` when it first sees them. Later ones, a little beside, are
/// moved as far as the first were, and not at all where those were clamped: so slopes go straight through.
final class RoundingSteps {
    /// `nil`: clamped.
    private var moves: [Int: [(by: Double?, to: Double)]] = [:]

    /// - Parameters:
    ///   - place: names what is rounded.
    ///   - round: gives each value rounded, and whether it was clamped.
    func pass(_ x: [Double], of place: Int, _ round: ([Double]) -> [(Double, Bool)]) -> [Double] {
        let known =
            moves[place]
            ?? zip(x, round(x)).map { x, rounded in (by: rounded.1 ? nil : rounded.0 - x, to: rounded.0) }
        moves[place] = known
        return zip(x, known).map { x, move in move.by.map { x + $0 } ?? move.to }
    }

    static func values(_ x: [Double], _ rounding: Graph.Rounding) -> [(Double, Bool)] {
        x.map { x in
            let q = (x / Double(rounding.scale)).rounded(.toNearestOrEven) + Double(rounding.zero)
            return ((min(max(q, 0), 255) - Double(rounding.zero)) * Double(rounding.scale), q < 0 || q > 255)
        }
    }

    static func weights(_ x: [Double], rows: Int) -> [(Double, Bool)] {
        let depth = x.count / rows
        return (0..<rows).flatMap { row -> [(Double, Bool)] in
            let own = x[row * depth..<(row + 1) * depth]
            let scale = own.reduce(0) { max($0, abs($1)) } / 127
            return own.map { (($0 / scale).rounded(.toNearestOrEven) * scale, false) }
        }
    }
}
