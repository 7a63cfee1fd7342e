// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Logging
import Support
import Synchronization
import SystemPackage

/// A log handler that appends to a file in the format that CMTrace and OneTrace read, as the genuine builder's
/// CreateTsMedia.log is (docs/formats/media.md section 3).
struct CMTraceLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .debug

    private let path: FilePath
    private let descriptor: FileDescriptor

    /// What kept a line from being written, in words; nil when all of them were.
    ///
    /// Told when the command has ended: whoever logs may hold the console.
    private static let loss = Mutex<String?>(nil)

    /// Tells that a log of this run is not whole, when that is so.
    static func tellLoss() {
        guard let text = loss.withLock({ $0 }) else { return }
        Console.shared.warning(DiagnosticText(text))
    }

    /// Opens the log at `path` for appending.
    init(path: FilePath) throws(FileError) {
        self.path = path
        if let link = ForeignLink.find(on: path) { throw FileError("opened", link, .tooManySymbolicLinkLevels) }
        descriptor = try FileError.wrap("opened", path) {
            try FileDescriptor.openPatiently(
                path, .writeOnly, options: [.create, .append], permissions: FilePermissions(rawValue: 0o644))
        }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let line = CMTraceLine.text(
            event.message.description,
            severity: event.level >= .error ? .error : event.level >= .warning ? .warning : .information,
            time: FileIdentity.Instant.now, component: "tsmedia", thread: tsm_thread_number(),
            source: "\(event.file):\(event.line)")
        // One call a line, so that several writers do not tear each other's lines; a full disk must not end the work.
        do {
            try descriptor.writeAll(line.utf8, interruption: Signals.interruption)
        } catch let error as Errno {
            let text = "log \(path) is not whole: \(error); make room for it, or name another file"
            Self.loss.withLock { $0 = text }
        } catch {}
    }
}
