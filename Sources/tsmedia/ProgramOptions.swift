// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Logging
import MediaBuilder
import SystemPackage

/// How a command talks.
struct ProgramOptions: ParsableArguments {
    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    @Option(help: "Progress on standard error.")
    var progress: ProgressMode = .auto

    @Option(help: "Append what happens to this file, in CMTrace format.", completion: .file())
    var logFile: String?

    /// The log, when there is one.
    var log: FilePath? { logFile.map { FilePath($0) } }

    /// Prepares the console and returns the log to write to, which must be none of `files` and no file but a log.
    func start(_ command: String, _ files: RunFiles = RunFiles()) throws -> Logger {
        Console.shared.configure(progress)
        guard let logFile else { return Logger(label: "tsmedia") { _ in SwiftLogNoOpLogHandler() } }
        var files = files
        files.log = log
        try files.checkLog()
        let handler = try CMTraceLog(path: FilePath(logFile))
        let logger = Logger(label: "tsmedia") { _ in handler }
        Console.shared.mirror(to: logger)
        logger.info("tsmedia \(TSMedia.configuration.version): \(command)")
        return logger
    }
}
