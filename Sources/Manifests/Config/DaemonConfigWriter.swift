/// Writes a configuration as YAML, every key with a short comment.
public enum DaemonConfigWriter {
    /// `DaemonConfigParser.parse` of it gives `config` again.
    public static func yaml(_ config: DaemonConfig) -> String {
        let head = """
            # Configuration of the distilld daemon: `distilld serve --config FILE`.
            # Every key may be left out; relative paths are relative to the folder of this file.

            """
        return head + FieldWriter(table: DaemonConfigFields.table).yaml(config)
    }

    /// The content of `Etc/distilld.yaml`: every default, with the three folders beside `Etc/`.
    public static func example() -> String {
        var config = DaemonConfig(folder: "/")
        config.inbox = "../Inbox"
        config.outbox = "../Outbox"
        config.state = "../State"
        return yaml(config)
    }
}
