/// Bounds of a number; an open bound is not itself allowed.
struct NumberRange: Sendable {
    var low: Double
    var high: Double
    var lowIsOpen = false
    var highIsOpen = false

    func contains(_ value: Double) -> Bool {
        (lowIsOpen ? value > low : value >= low) && (highIsOpen ? value < high : value <= high)
    }

    /// `from 0 to 1`, `above 0 and at most 10`, `from 0 to below 1`.
    var words: String {
        let low = Int(exactly: low)?.grouped ?? low.short
        let high = Int(exactly: high)?.grouped ?? high.short
        return switch (lowIsOpen, highIsOpen) {
        case (false, false): "from \(low) to \(high)"
        case (false, true): "from \(low) to below \(high)"
        case (true, false): "above \(low) and at most \(high)"
        case (true, true): "above \(low) and below \(high)"
        }
    }
}

extension JSONValue {
    static func wholeNumber(_ range: ClosedRange<Int>) -> JSONValue {
        .type("integer", [("minimum", .whole(range.lowerBound)), ("maximum", .whole(range.upperBound))])
    }
}

extension NumberRange {
    var schema: JSONValue {
        .type(
            "number",
            [
                (lowIsOpen ? "exclusiveMinimum" : "minimum", .number(low)),
                (highIsOpen ? "exclusiveMaximum" : "maximum", .number(high)),
            ])
    }
}

extension ValueKind where Value == Int {
    static func whole(_ range: ClosedRange<Int>) -> ValueKind {
        let allowed = "a whole number from \(range.lowerBound.grouped) to \(range.upperBound.grouped)"
        return ValueKind(
            allowed: allowed, read: { node throws(Mismatch) in try wholeNumber(node, in: range) },
            write: { String($0) }, schema: .wholeNumber(range))
    }

    /// Bytes, with a binary unit or without.
    static func bytes(_ range: ClosedRange<Int>) -> ValueKind {
        let allowed =
            "a whole number from \(ByteCount.words(range.lowerBound)) to \(ByteCount.words(range.upperBound)), "
            + "in bytes or with KiB, MiB, GiB or TiB"
        return ValueKind(
            allowed: allowed,
            read: { node throws(Mismatch) in
                guard case .scalar(let text, quoted: false) = node.content, let count = ByteCount.parse(text) else {
                    return try wholeNumber(node, in: range)
                }
                guard range.contains(count) else { throw Mismatch(node.found) }
                return count
            },
            write: { ByteCount.words($0) },
            schema: .anyOf([
                .wholeNumber(range), .type("string", [("pattern", .text("^[0-9]+ ?(KiB|MiB|GiB|TiB)$"))]),
            ]))
    }
}

extension ValueKind where Value == UInt64 {
    static let seed = ValueKind(
        allowed: "a whole number from 0 to 18446744073709551615",
        read: { node throws(Mismatch) in try wholeNumber(node, in: 0...UInt64.max) }, write: { String($0) },
        schema: .type("integer", [("minimum", .whole(0))]))
}

/// Reads a whole number exactly, in any integer type.
private func wholeNumber<Number: FixedWidthInteger>(
    _ node: YAMLNode, in range: ClosedRange<Number>
) throws(Mismatch) -> Number {
    let numeral = try Numerals.read(node) { $0.whole.flatMap { Number($0) }.map(range.contains) == true }
    guard let digits = numeral.whole else {
        let nearest = Number(exactly: numeral.value).flatMap { range.contains($0) ? String($0) : nil }
        throw Mismatch(node.found, suggestion: nearest)
    }
    guard let value = Number(digits), range.contains(value) else { throw Mismatch(node.found) }
    return value
}

extension ValueKind where Value == Double {
    static func number(_ range: NumberRange) -> ValueKind {
        ValueKind(
            allowed: "a number \(range.words)",
            read: { node throws(Mismatch) in
                let value = try Numerals.read(node) { range.contains($0.value) }.value
                guard range.contains(value) else { throw Mismatch(node.found) }
                return value.magnitude == 0 ? 0 : value
            },
            write: { $0.short }, schema: range.schema)
    }

    static func number(_ range: ClosedRange<Double>) -> ValueKind {
        number(NumberRange(low: range.lowerBound, high: range.upperBound))
    }

    /// Up to 100%, which is the bound of all shares, or below it.
    private static func percentage(_ range: NumberRange) -> String {
        let below = "[0-9]{1,2}(\\.[0-9]+)?"
        return "^(" + (range.highIsOpen ? below : below + "|100(\\.0+)?") + ") ?%$"
    }

    /// A part of a whole, also as a percentage.
    static func share(_ range: NumberRange) -> ValueKind {
        ValueKind(
            allowed: "a share \(range.words), also as a percentage such as 5%",
            read: { node throws(Mismatch) in
                var number = node
                var isPercentage = false
                if case .scalar(let text, quoted: false) = node.content, text.hasSuffix("%") {
                    let digits = text.dropLast().drop { $0 == " " }
                    number.content = .scalar(String(digits.last == " " ? digits.dropLast() : digits), quoted: false)
                    isPercentage = true
                }
                let value: Double
                do throws(Mismatch) {
                    value = try Numerals.read(number) { range.contains($0.value) }.value
                } catch {
                    if isPercentage { throw Mismatch(node.found) }
                    throw error
                }
                let share = isPercentage ? value / 100 : value
                guard range.contains(share) else {
                    let meant = !isPercentage && value > 1 && range.contains(value / 100)
                    throw Mismatch(node.found, suggestion: meant ? "\(value.short)%" : nil)
                }
                return share.magnitude == 0 ? 0 : share
            },
            write: { $0.short },
            schema: .anyOf([range.schema, .type("string", [("pattern", .text(percentage(range)))])]))
    }
}

extension Double {
    /// The shortest text that reads as the same number; without a fraction for a whole one.
    var short: String {
        if self == rounded(), magnitude < 1e15 { return String(Int(self)) }
        return description
    }
}

/// Bytes with binary units.
enum ByteCount {
    private static let units: [(name: String, shift: Int)] = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)]

    /// In the largest unit that leaves a whole number.
    static func words(_ count: Int) -> String {
        for unit in units where count > 0 && count % (1 << unit.shift) == 0 {
            return "\(count >> unit.shift) \(unit.name)"
        }
        return String(count)
    }

    /// `200 GiB`, `200GiB`; nil for anything else, numbers without a unit too.
    static func parse(_ text: String) -> Int? {
        for unit in units where text.hasSuffix(unit.name) {
            var digits = text.dropLast(unit.name.count)
            if digits.last == " " { digits = digits.dropLast() }
            guard let whole = Numerals.parse(String(digits))?.whole, let count = Int(whole) else { return nil }
            let (bytes, overflow) = count.multipliedReportingOverflow(by: 1 << unit.shift)
            return overflow ? nil : bytes
        }
        return nil
    }
}
