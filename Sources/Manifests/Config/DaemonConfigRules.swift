/// What no single key of the configuration can tell.
enum DaemonConfigRules {
    static func check(_ config: DaemonConfig, into reader: inout FieldReader<DaemonConfig>) {
        checkPage(config.http, into: &reader)
        guard reader.isSound("inbox", "outbox", "state") else { return }
        let folders = [("inbox", config.inbox), ("outbox", config.outbox), ("state", config.state)]
        for (index, one) in folders.enumerated() {
            for other in folders[(index + 1)...] {
                guard FilePath.contains(one.1, other.1) || FilePath.contains(other.1, one.1) else { continue }
                let how = one.1 == other.1 ? "the same folder" : "one inside the other"
                reader.refuse(
                    one.0, other.0, found: "\(one.0) \(one.1.shown) and \(other.0) \(other.1.shown), \(how)",
                    allowed: "three separate folders, none inside another")
            }
        }
    }

    private static func checkPage(_ page: PageConfig, into reader: inout FieldReader<DaemonConfig>) {
        guard reader.isSound("http.address", "http.token"), page.enabled, !page.isLoopback, page.token == nil else {
            return
        }
        reader.refuse(
            "http.address", "http.token",
            found: "the address \(page.address), which other machines can reach, and no token",
            allowed: "127.0.0.1 or ::1, or a token")
    }
}

extension DaemonConfig {
    /// Resolves what a file says relative to the file's folder.
    mutating func makePathsAbsolute(in folder: String) {
        inbox = FilePath.absolute(inbox, in: folder)
        outbox = FilePath.absolute(outbox, in: folder)
        state = FilePath.absolute(state, in: folder)
        datasetRoots = datasetRoots.map { FilePath.absolute($0, in: folder) }
        notify.hooks = notify.hooks.map { FilePath.absolute($0, in: folder) }
    }

    /// Whether a manifest may name this dataset by its absolute path. Compares text only: the caller resolves
    /// symbolic links first, and asks again with the result.
    public func allowsDataset(at path: String) -> Bool {
        guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else { return false }
        let plain = FilePath.absolute(path, in: "/")
        return datasetRoots.contains { FilePath.contains($0, plain) }
    }

    /// Why an absolute dataset path is refused; nil where it is allowed, or relative and so not asked here.
    public func refusalOfDataset(of spec: JobSpec, manifest: String) -> JobFailure? {
        guard spec.hasAbsoluteDataset, !allowsDataset(at: spec.dataset) else { return nil }
        let roots = datasetRoots.isEmpty ? "none is set" : datasetRoots.joined(separator: ", ")
        return JobFailure(
            code: "dataset.refused",
            what: "The dataset \(spec.dataset.shown) lies outside the folders that absolute paths may name (\(roots)).",
            location: "\(manifest): dataset",
            fix: "Move or copy the dataset into the inbox and name it there, or add its folder to `datasetRoots` in "
                + "the daemon's configuration and restart the daemon.")
    }
}
