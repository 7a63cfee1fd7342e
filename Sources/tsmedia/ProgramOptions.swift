// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Logging
import MediaBuilder
import Support
import SystemPackage

/// How a command talks.
struct ProgramOptions: ParsableArguments {
    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    @Option(help: "Progress on standard error.")
    var progress: ProgressMode = .auto

    @Option(help: "Append what happens to this file, in CMTrace format.", completion: .file())
    var logFile: String?

    @Flag(help: "Say what the log has, too.")
    var verbose = false

    @Flag(help: "Say errors and warnings only.")
    var quiet = false

    @Flag(help: "Run with all rights of the user, not with what the options name alone.")
    var noSandbox = false

    func validate() throws {
        if verbose, quiet { throw ValidationError("--verbose and --quiet are both given; leave one out") }
        try ForeignPath.refuse(logFile, "--log-file")
    }

    /// The log, when there is one.
    var log: FilePath? { logFile.map { FilePath($0) } }

    /// Prepares the console and returns the log to write to, which must be none of `files` and no file but a log.
    func start(_ command: String, _ files: RunFiles = RunFiles()) throws -> Logger {
        Console.shared.configure(progress)
        Console.shared.configure(quiet ? .quiet : verbose ? .verbose : .usual)
        guard let logFile else {
            for line in Sandbox.lines { Console.shared.detail(line) }
            return Logger(label: "tsmedia") { _ in ConsoleLog() }
        }
        var files = files
        files.log = log
        try files.checkLog()
        let handler = try CMTraceLog(path: FilePath(logFile))
        // Messages go to the file alone: on the console they are already.
        Console.shared.mirror(to: Logger(label: "tsmedia") { _ in handler })
        let logger = Logger(label: "tsmedia") { _ in MultiplexLogHandler([handler, ConsoleLog()]) }
        logger.info("tsmedia \(TSMedia.configuration.version): \(command)")
        for line in Sandbox.lines { logger.info("\(line)") }
        return logger
    }
}
