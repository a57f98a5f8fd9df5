import Foundation
import Testing

/// `Etc/docs/commands.md` says what `distilld help` says. Written again by `DISTILLD_WRITE_REFERENCE=1`.
@Suite struct CommandPageTests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Etc/docs/commands.md")

    private static let beginning = """
        # Commands

        What `distilld help COMMAND` says. [What programs can read](json.md) has the JSON of `--json` and the exit codes.

        The Debian package (`./Etc/package`) installs this as man pages (`man distilld`, `man distilld-run`), and completions
        for bash, zsh and fish. Without the package, a shell completes commands, options and files after

        ```sh
        distilld --generate-completion-script bash | sudo tee /usr/share/bash-completion/completions/distilld >/dev/null
        distilld --generate-completion-script zsh >~/.zfunc/_distilld      # with ~/.zfunc in $fpath
        distilld --generate-completion-script fish >~/.config/fish/completions/distilld.fish
        ```

        """

    private struct Dump: Decodable {
        struct Command: Decodable {
            var commandName: String
            var shouldDisplay: Bool?
            var subcommands: [Command]?
        }
        var command: Command
    }

    private func commands(_ command: Dump.Command, _ path: [String] = []) -> [[String]] {
        (command.subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }.flatMap { one in
            let own = path + [one.commandName]
            return [own] + commands(one, own)
        }
    }

    @Test func everyCommandIsThere() throws {
        let dump = try Distilld.run(["--experimental-dump-help"])
        let tool = try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8))
        var page = Self.beginning
        let names = commands(tool.command)
        #expect(names.count > 12 && names.contains(["serve"]) && !names.contains(["worker"]))
        for name in names {
            let help = try Distilld.run(["help"] + name)
            #expect(help.exitCode == 0)
            page += "\n## distilld \(name.joined(separator: " "))\n\n```\n"
            page +=
                help.output.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.replacing(/\ +$/, with: "") }.joined(separator: "\n")
                .trimmingCharacters(in: .newlines) + "\n```\n"
        }
        if ProcessInfo.processInfo.environment["DISTILLD_WRITE_REFERENCE"] != nil {
            try Data(page.utf8).write(to: Self.file)
        }
        let written = try String(contentsOf: Self.file, encoding: .utf8)
        #expect(written == page, "write it again: DISTILLD_WRITE_REFERENCE=1 ./Etc/test --filter CommandPageTests")
    }

    /// Every shell's script is one that the shell reads.
    @Test(arguments: ["bash", "zsh", "fish"]) func completionsAreScripts(shell: String) throws {
        let script = try Distilld.run(["--generate-completion-script", shell]).output
        #expect(script.contains("predict") && script.contains("doctor"))
        guard ["/bin/", "/usr/bin/"].contains(where: { access($0 + shell, X_OK) == 0 }) else { return }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [shell, "-n"]
        let input = Pipe()
        process.standardInput = input
        try process.run()
        input.fileHandleForWriting.write(Data(script.utf8))
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
