// SPDX-License-Identifier: GPL-3.0-or-later

import Logging

/// A log handler that tells on the console what the log has, where that is wanted.
struct ConsoleLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { Console.shared.detail(event.message.description) }
}
