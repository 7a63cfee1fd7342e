// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Logging
import SystemPackage

/// How a command talks.
struct ProgramOptions: ParsableArguments {
    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    @Option(help: "Progress on standard error.")
    var progress: ProgressMode = .auto

    @Option(help: "Append what happens to this file, in CMTrace format.", completion: .file())
    var logFile: String?

    /// Prepares the console and returns the log to write to.
    func start(_ command: String) throws -> Logger {
        Console.shared.configure(progress)
        guard let logFile else { return Logger(label: "tsmedia") { _ in SwiftLogNoOpLogHandler() } }
        let handler = try CMTraceLog(path: FilePath(logFile))
        let logger = Logger(label: "tsmedia") { _ in handler }
        Console.shared.mirror(to: logger)
        logger.info("tsmedia \(TSMedia.configuration.version): \(command)")
        return logger
    }
}
