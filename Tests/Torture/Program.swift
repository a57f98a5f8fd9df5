import Daemon
import Foundation
import Manifests
import Worker

/// distilld, but for its deaths: the same daemon and worker, in a program that can kill itself at a named step or at any
/// call that changes a disk; and the tormentor that starts it, kills it, and judges what it leaves.
///
///     torture serve CONFIG          the daemon; `Arming` tells when it dies
///     torture worker --order FILE   what that daemon starts
///     torture run [KILLS [SEED]]         the tormentor
///     torture power [FAILURES [SEED]]    the power fails
///     torture refuse [TIMES [SEED]]      the disk refuses
@main
struct Program {
    static func main() async {
        let arguments = CommandLine.arguments
        func numbers() throws -> (count: Int, seed: UInt64) {
            let count = arguments.count > 2 ? Int(arguments[2]) : 60
            let seed = arguments.count > 3 ? UInt64(arguments[3]) : 1
            guard let count, count > 0, let seed else { throw Usage() }
            return (count, seed)
        }
        do {
            switch (arguments.dropFirst().first, arguments.count) {
            case ("serve", 3):
                let arming = Arming(role: .daemon)
                arming.arm()
                var tuning = DaemonTuning(program: try Daemon.ownExecutable())
                tuning.faults = arming.faults
                tuning.crashDelay = .milliseconds(50)
                tuning.troubleDelay = .milliseconds(200)
                try await DaemonProgram.serve(DaemonConfigParser.read(path: arguments[2]), tuning: tuning)
            case ("worker", 4):
                Arming(role: .worker).arm()
                exit(try WorkerCommand(orderPath: arguments[3]).run())
            case ("run", 2...4):
                let (count, seed) = try numbers()
                try Tormentor(kills: count, seed: seed).run()
            case ("power", 2...4):
                let (count, seed) = try numbers()
                try PowerFailure(failures: count, seed: seed).run()
            case ("refuse", 2...4):
                let (count, seed) = try numbers()
                try Refusals(refusals: count, seed: seed).run()
            default: throw Usage()
            }
        } catch {
            FileHandle.standardError.write(Data("torture: \(error)\n".utf8))
            exit(1)
        }
    }
}

struct Usage: Error, CustomStringConvertible {
    var description: String {
        "usage: torture run|power|refuse [HOW OFTEN [SEED]], both whole numbers"
    }
}
