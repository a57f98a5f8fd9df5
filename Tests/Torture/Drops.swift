import Foundation

/// What is dropped in each round, and what becomes of it: one job of each kind.
enum Drop: String, CaseIterable {
    /// A manifest for the dataset that stays in the inbox.
    case good
    /// A folder with manifest and images, claimed whole.
    case whole
    /// One that looks for settings first: trainings at the same time, and several students in the end.
    case tuned
    /// A manifest that says what it must not.
    case broken
    /// Images that are none.
    case garbage

    /// In the inbox; what is claimed.
    var input: String { self == .whole ? "whole" : "\(rawValue).job.yaml" }

    var fails: Bool { self == .broken || self == .garbage }

    func drop(into site: Site) throws {
        switch self {
        case .good: try put(Self.manifest("shapes", name: rawValue), site)
        case .tuned:
            try put(Self.manifest("shapes", name: rawValue, epochs: 4) + "tune: { trials: 4 }\n", site)
        case .whole:
            try Site.writeDataset(to: site["whole"])
            try site.write(Self.manifest(".", name: rawValue), "whole/job.yaml")
            try rename(site, "whole")
        case .broken: try put("name: broken\ndataset: shapes\nseed: many\n", site)
        case .garbage:
            for name in ["a/1.png", "b/2.png"] where !FileManager.default.fileExists(atPath: site["noise/\(name)"]) {
                try site.write("neither fish nor flesh", "noise/\(name)")
            }
            if !site.names("Inbox").contains("noise") { try rename(site, "noise") }
            try put(Self.manifest("noise", name: rawValue), site)
        }
    }

    private static func manifest(_ dataset: String, name: String, epochs: Int = 2) -> String {
        """
        name: \(name)
        dataset: \(dataset)
        input: { width: 8, height: 8, channels: rgb }
        teacher: { model: convnet3, epochs: 2 }
        student: { model: convnet3, epochs: \(epochs) }
        training: { batch: 10 }

        """
    }

    /// Whole at once, as a careful copy does it.
    private func put(_ text: String, _ site: Site) throws {
        try site.write(text, input)
        try rename(site, input)
    }

    private func rename(_ site: Site, _ name: String) throws {
        guard Foundation.rename(site[name], site["Inbox/\(name)"]) == 0 else {
            throw Site.Trouble(description: "cannot drop \(name): \(String(cString: strerror(errno)))")
        }
    }
}
