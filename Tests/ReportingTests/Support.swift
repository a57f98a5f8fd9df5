import Foundation

/// Values recorded by `Goldens/make_goldens.py`.
enum Goldens {
    static func load<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        let url = Bundle.module.bundleURL.appendingPathComponent("Goldens/\(name).json")
        return try JSONDecoder().decode(Value.self, from: Data(contentsOf: url))
    }
}
