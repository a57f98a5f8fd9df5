/// An attribute's value.
enum Attribute: Sendable {
    case int(Int)
    case float(Double)
    case string(String)
    case ints([Int])
    case floats([Double])
    case strings([String])
    case tensor(Tensor)
    /// A kind that no supported operator takes, in words.
    case other(String)

    var kind: String {
        switch self {
        case .int: "an integer"
        case .float: "a float"
        case .string: "a string"
        case .ints: "integers"
        case .floats: "floats"
        case .strings: "strings"
        case .tensor: "a tensor"
        case .other(let kind): kind
        }
    }
}

/// A node's attributes by name; each reader says what it found where the kind is another.
struct Attributes: Sendable {
    private var values: [String: Attribute]

    init(_ values: [String: Attribute] = [:]) { self.values = values }

    var names: [String] { values.keys.sorted() }
    subscript(_ name: String) -> Attribute? { values[name] }

    /// The attributes with another value for one of them.
    func with(_ name: String, _ value: Attribute) -> Attributes {
        var copy = self
        copy.values[name] = value
        return copy
    }

    func int(_ name: String) throws(OperatorError) -> Int? {
        switch values[name] {
        case nil: return nil
        case .int(let value): return value
        case let found?: throw wrong(name, found, "an integer")
        }
    }

    func int(_ name: String, default value: Int) throws(OperatorError) -> Int { try int(name) ?? value }

    func flag(_ name: String, default value: Bool) throws(OperatorError) -> Bool {
        guard let found = try int(name) else { return value }
        guard found == 0 || found == 1 else { throw OperatorError("attribute '\(name)' is \(found), not 0 or 1") }
        return found == 1
    }

    func real(_ name: String) throws(OperatorError) -> Double? {
        switch values[name] {
        case nil: return nil
        case .float(let value): return value
        case let found?: throw wrong(name, found, "a float")
        }
    }

    func real(_ name: String, default value: Double) throws(OperatorError) -> Double { try real(name) ?? value }

    func string(_ name: String, default value: String) throws(OperatorError) -> String {
        switch values[name] {
        case nil: return value
        case .string(let found): return found
        case let found?: throw wrong(name, found, "a string")
        }
    }

    func ints(_ name: String) throws(OperatorError) -> [Int]? {
        switch values[name] {
        case nil: return nil
        case .ints(let value): return value
        case let found?: throw wrong(name, found, "integers")
        }
    }

    func reals(_ name: String) throws(OperatorError) -> [Double]? {
        switch values[name] {
        case nil: return nil
        case .floats(let value): return value
        case let found?: throw wrong(name, found, "floats")
        }
    }

    func tensor(_ name: String) throws(OperatorError) -> Tensor? {
        switch values[name] {
        case nil: return nil
        case .tensor(let value): return value
        case let found?: throw wrong(name, found, "a tensor")
        }
    }

    private func wrong(_ name: String, _ found: Attribute, _ wanted: String) -> OperatorError {
        OperatorError("attribute '\(name)' is \(found.kind), not \(wanted)")
    }
}
