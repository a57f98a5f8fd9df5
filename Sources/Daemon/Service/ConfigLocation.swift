import Foundation
import Manifests

/// Finds the configuration file.
public enum ConfigLocation {
    public struct Missing: Error, CustomStringConvertible {
        /// Where it was looked for.
        public var places: [String]

        public var description: String {
            "There is no configuration file at \(places.joined(separator: " or ")). Name one with --config FILE or in "
                + "the environment as DISTILLD_CONFIG."
        }
    }

    /// The file is there, and cannot be used.
    public struct Invalid: Error, CustomStringConvertible {
        public var problems: ManifestProblems
        public var description: String { problems.description }
    }

    static let variable = "DISTILLD_CONFIG"
    static let places = ["Etc/distilld.yaml", "/etc/distilld/distilld.yaml"]

    /// The file named on the command line, else in the environment, else the first that exists of
    /// `Etc/distilld.yaml` and `/etc/distilld/distilld.yaml`.
    /// - Throws: `Missing`, `Invalid`.
    public static func read(
        option: String?, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> DaemonConfig {
        if let path = option ?? environment[variable] {
            guard access(path, F_OK) == 0 else { throw Missing(places: [path]) }
            return try parse(path)
        }
        guard let path = places.first(where: { access($0, F_OK) == 0 }) else { throw Missing(places: places) }
        return try parse(path)
    }

    private static func parse(_ path: String) throws(Invalid) -> DaemonConfig {
        do { return try DaemonConfigParser.read(path: path) } catch { throw Invalid(problems: error) }
    }
}
