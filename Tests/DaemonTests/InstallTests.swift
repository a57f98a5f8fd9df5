import Foundation
import Manifests
import Testing

/// `Etc/install` and `Etc/uninstall`, into a folder as packagers use them.
@Suite struct InstallTests {
    private static let etc = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Etc").path

    private func run(
        _ program: String, _ arguments: [String] = [], in root: TemporaryFolder, _ environment: [String: String] = [:]
    ) throws -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DESTDIR": root["root"], "DISTILLD_BINARY": root["program"],
        ].merging(environment) { _, new in new }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    private func makeProgram(_ root: TemporaryFolder) throws {
        try root.write("#!/bin/sh\necho 1.2.3\n", to: "program")
        chmod(root["program"], 0o755)
    }

    @Test func everythingIsPutInPlaceAndTakenAway() throws {
        let root = try TemporaryFolder()
        try makeProgram(root)
        let first = try run("\(Self.etc)/install", in: root)
        #expect(first.code == 0, "\(first.output)")
        #expect(access(root["root/usr/local/bin/distilld"], X_OK) == 0)
        let text = try readFile(root["root/etc/distilld/distilld.yaml"])
        let config = try DaemonConfigParser.parse(Array(text.utf8), file: "distilld.yaml", folder: "/etc/distilld")
        var expected = DaemonConfig(folder: "/")
        expected.inbox = "/var/lib/distilld/inbox"
        expected.outbox = "/var/lib/distilld/outbox"
        expected.state = "/var/lib/distilld/state"
        #expect(config == expected)
        let attributes = try FileManager.default.attributesOfItem(atPath: root["root/var/lib/distilld/inbox"])
        #expect(attributes[.posixPermissions] as? Int == 0o2770)

        // Again: what the administrator has changed stays.
        try root.write("jobsAtOnce: 2\n", to: "root/etc/distilld/distilld.yaml")
        try root.write("", to: "root/var/lib/distilld/inbox/a.job.yaml")
        let second = try run("\(Self.etc)/install", in: root)
        #expect(second.code == 0 && second.output.contains("kept \(root["root/etc/distilld/distilld.yaml"])"))
        #expect(try readFile(root["root/etc/distilld/distilld.yaml"]) == "jobsAtOnce: 2\n")

        #expect(try run("\(Self.etc)/uninstall", in: root).code == 0)
        #expect(!exists(root["root/usr/local/bin/distilld"]))
        #expect(names(root["root/etc/systemd/system"]).isEmpty)
        #expect(exists(root["root/var/lib/distilld/inbox/a.job.yaml"]))
        #expect(try run("\(Self.etc)/uninstall", ["--purge"], in: root).code == 0)
        #expect(!exists(root["root/var/lib/distilld"]) && !exists(root["root/etc/distilld"]))
    }

    /// What an older systemd does not know is not there; a newer one waits longer before each start.
    @Test(arguments: [(252, false), (254, true), (257, true)])
    func theUnitFitsTheMachinesSystemd(version: Int, growsPauses: Bool) throws {
        let root = try TemporaryFolder()
        try root.write("#!/bin/sh\necho 'systemd \(version) (\(version).1-1)'\n", to: "bin/systemctl")
        chmod(root["bin/systemctl"], 0o755)
        let unit = try run("\(Self.etc)/unit", ["/opt/distilld"], in: root, ["PATH": "\(root["bin"]):/usr/bin:/bin"])
        #expect(unit.code == 0)
        #expect(unit.output.contains("\nRestartSteps=6\nRestartMaxDelaySec=5min\n") == growsPauses)
        #expect(unit.output.contains("#254") == false && unit.output.contains("\nRestartSec=5\n"))
        #expect(unit.output.contains("ExecStart=/opt/distilld serve"))
    }

    /// Of a program and a maker of man pages that say little.
    @Test(.enabled(if: exists("/usr/bin/dpkg-deb"), "needs dpkg-deb"))
    func aPackageHoldsEverything() throws {
        let root = try TemporaryFolder()
        try makeProgram(root)
        try root.write(
            """
            #!/bin/sh
            while [ $# -gt 1 ]; do
                if [ "$1" = --output-directory ]; then folder=$2; fi
                shift
            done
            echo manual >"$folder/distilld.1"

            """, to: "manual")
        chmod(root["manual"], 0o755)
        let made = try run("\(Self.etc)/package", [root["packages"]], in: root, ["DISTILLD_MANUAL": root["manual"]])
        #expect(made.code == 0, "\(made.output)")
        let file = try #require(names(root["packages"]).first)
        #expect(file.hasPrefix("distilld_1.2.3_") && file.hasSuffix(".deb"))
        let package = root["packages/\(file)"]
        let list = try run("/usr/bin/dpkg-deb", ["--contents", package], in: root).output
        for path in [
            "/usr/bin/distilld", "/lib/systemd/system/distilld.service", "/lib/systemd/system/distilld.socket",
            "/usr/lib/sysusers.d/distilld.conf",
            "/usr/lib/tmpfiles.d/distilld.conf", "/etc/distilld/distilld.yaml", "/usr/share/man/man1/distilld.1.gz",
            "/usr/share/bash-completion/completions/distilld", "/usr/share/zsh/vendor-completions/_distilld",
            "/usr/share/fish/vendor_completions.d/distilld.fish",
        ] { #expect(list.contains(".\(path)\n"), "\(path)") }
        #expect(!list.contains("./etc/systemd"), "the administrator's folder is theirs")
        let extracted = try run("/usr/bin/dpkg-deb", ["--extract", package, root["extracted"]], in: root)
        #expect(extracted.code == 0)
        let unit = try readFile(root["extracted/lib/systemd/system/distilld.service"])
        #expect(unit.contains("ExecStart=/usr/bin/distilld serve"))
        let conffiles = try run("/usr/bin/dpkg-deb", ["--info", package, "conffiles"], in: root).output
        #expect(conffiles == "/etc/distilld/distilld.yaml\n")
    }

    @Test func whatCannotBeDoneIsSaid() throws {
        let root = try TemporaryFolder()
        let missing = try run("\(Self.etc)/install", in: root)
        #expect(missing.code == 1)
        #expect(
            missing.output
                == "install: \(root["program"]) is no program: build it first, or name another in DISTILLD_BINARY\n")
        #expect(try run("\(Self.etc)/install", ["--help"], in: root).code == 1)
        #expect(try run("\(Self.etc)/uninstall", ["--help"], in: root).output == "uninstall: knows only --purge\n")
        #expect(!exists(root["root"]))
    }

    @Test(.enabled(if: exists("/usr/bin/systemd-analyze"), "needs systemd-analyze"))
    func theUnitIsSoundAndShutIn() throws {
        let root = try TemporaryFolder()
        try makeProgram(root)
        // Verified as it is, but for a program that is there.
        let unit = try readFile("\(Self.etc)/distilld.service")
        try root.write(
            unit.replacingOccurrences(of: "/usr/local/bin/distilld", with: root["program"]), to: "distilld.service")
        try root.write(try readFile("\(Self.etc)/distilld.socket"), to: "distilld.socket")
        let verdict = try run(
            "/usr/bin/systemd-analyze", ["verify", root["distilld.service"], root["distilld.socket"]], in: root)
        // What else is wrong on this machine is not ours.
        #expect(verdict.output.split(separator: "\n").filter { $0.contains("distilld") }.isEmpty)
        let security = try run(
            "/usr/bin/systemd-analyze",
            ["security", "--offline=true", "--threshold=15", "--no-pager", root["distilld.service"]], in: root)
        // `--threshold` is in tenths: an exposure above 1.5 is an error; the status page needs sockets of this machine.
        #expect(security.code == 0, "\(security.output)")
    }
}
