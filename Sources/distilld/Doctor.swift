import ArgumentParser
import Daemon
import Foundation
import Manifests
import Worker

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look for what keeps jobs from running: folders, rights, disk, memory, processor, libraries.",
        discussion: """
            Changes nothing. Exits with 1 when something keeps jobs from running.

              distilld doctor
              sudo distilld doctor --config /etc/distilld/distilld.yaml
            """)

    @OptionGroup var config: ConfigOption

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        var found = MachineCheck.run()
        do {
            found += InstallationCheck(config: try config.read()).run()
        } catch let missing as ConfigLocation.Missing where config.config == nil {
            found.append(
                Diagnosis(
                    .warning, "configuration", "\(missing)",
                    fix: "needed for the daemon only; `distilld run` works without"))
        } catch let error as ConfigLocation.Invalid {
            found.append(Diagnosis(.problem, "configuration", "\(error)", fix: "correct these keys"))
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(found), as: UTF8.self))
        } else {
            for one in found {
                print(
                    "\(one.level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0))\(one.subject): \(one.finding)"
                )
                if let fix = one.fix { print("        \(fix)") }
            }
        }
        if found.contains(where: { $0.level == .problem }) { throw ExitCode.failure }
    }
}
