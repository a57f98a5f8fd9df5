import Foundation
import Testing

@testable import Daemon

@Suite struct LockTests {
    @Test func aFolderIsLockedOnce() throws {
        let folder = try TemporaryFolder()
        #expect(try !FolderLock.isHeld(file: folder["lock"]))
        var lock: FolderLock? = try FolderLock(file: folder["lock"], what: "folder")
        #expect(try FolderLock.isHeld(file: folder["lock"]))
        let error = #expect(throws: FolderLock.Held.self) { try FolderLock(file: folder["lock"], what: "inbox /i") }
        #expect(error == FolderLock.Held(what: "inbox /i", holder: Int(getpid())))
        #expect(error?.description.contains("(process \(getpid())) already serves the inbox /i") == true)
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(try !FolderLock.isHeld(file: folder["lock"]))
        _ = try FolderLock(file: folder["lock"], what: "folder")
    }

    @Test func aWorkersLockLastsAsLongAsTheWorker() async throws {
        let folder = try TemporaryFolder()
        let job = JobFolder(id: "j", root: folder.path)
        #expect(try !WorkerLock.endEarlierWorker(job))
        let process = try WorkerProcess.start(["/bin/sh", "-c", "echo one; read x; exec sleep 1000"], in: job)
        #expect(try FolderLock.isHeld(file: job.workerLock))
        #expect(throws: FileError.self, "one worker a job") { try WorkerProcess.start(["/bin/true"], in: job) }
        #expect(try WorkerLock.endEarlierWorker(job))
        #expect(try !FolderLock.isHeld(file: job.workerLock))
        var lines: [String] = []
        for await output in process.output {
            switch output {
            case .line(let line): lines.append(String(decoding: line, as: UTF8.self))
            case .ended(let status): #expect(status == .killed(signal: SIGKILL))
            }
        }
        // SIGKILL may come before the word.
        #expect(lines.isEmpty || lines == ["one"])
    }

    @Test func aLockOfAnotherProcessByTheSameNumberIsNotKilled() throws {
        let folder = try TemporaryFolder()
        let job = JobFolder(id: "j", root: folder.path)
        // The number is ours, the start time is not: the worker is long gone, and its number was given to another.
        try folder.write("\(getpid()) 1\n", to: "worker.lock")
        #expect(try !WorkerLock.endEarlierWorker(job))
    }
}

@Suite struct WorkerProcessTests {
    private func run(_ script: String) async throws -> ([String], ProcessEnd?, String) {
        let folder = try TemporaryFolder()
        let process = try WorkerProcess.start(
            ["/bin/sh", "-c", script], in: JobFolder(id: "j", root: folder.path))
        var lines: [String] = []
        var end: ProcessEnd?
        for await output in process.output {
            switch output {
            case .line(let line): lines.append(String(decoding: line, as: UTF8.self))
            case .ended(let status): end = status
            }
        }
        return (lines, end, try readFile(folder["log.txt"]))
    }

    @Test func linesAreReadAsTheyAre() async throws {
        let (lines, end, log) = try await run(#"printf 'a\n\nb\r\nhalf'; echo oops >&2; exit 3"#)
        #expect(lines == ["a", "", "b\r", "half"])
        #expect(end == .exited(3))
        #expect(log == "oops\n")
    }

    @Test func aLongLineIsCut() async throws {
        let (lines, _, _) = try await run("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo end")
        #expect(lines.map { $0.utf8.count } == [WorkerProcess.longestLine, 3])
    }

    @Test func signalsAreDefaultAndNotBlocked() async throws {
        let (lines, end, _) = try await run("grep -E 'Sig(Blk|Ign)' /proc/self/status | cut -f2; kill -TERM $$")
        // Of those that a program may use: 32 and 33 are the C library's own.
        #expect(lines.compactMap { UInt64($0, radix: 16).map { $0 & 0xFFFF_FFFE_7FFF_FFFF } } == [0, 0])
        #expect(end == .killed(signal: SIGTERM))
    }

    @Test func aMissingProgramIsAnError() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: FileError.self) {
            try WorkerProcess.start([folder["none"]], in: JobFolder(id: "j", root: folder.path))
        }
        #expect(error?.description == "cannot start \(folder["none"]): No such file or directory")
    }
}
