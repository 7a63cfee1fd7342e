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
        let line = Self.line(
            event.message.description, level: event.level, time: FileIdentity.Instant.now, thread: tsm_thread_number(),
            source: "\(event.file):\(event.line)")
        // One call a line, so that several writers do not tear each other's lines; a full disk must not end the work.
        do {
            try descriptor.writeAll(line.utf8, interruption: Signals.interruption)
        } catch let error as Errno {
            let text = "log \(path) is not whole: \(error); make room for it, or name another file"
            Self.loss.withLock { $0 = text }
        } catch {}
    }

    /// One line: text, local time with the bias to UTC (we log UTC), type 1 information, 2 warning, 3 error.
    static func line(
        _ text: String, level: Logger.Level, time: FileIdentity.Instant, thread: Int32, source: String
    ) -> String {
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let civil = CivilTime(time.timestamp)
        let clock = "\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2))"
        let milliseconds = padded(Int64(time.nanoseconds / 1_000_000), 3)
        let date = "\(padded(civil.month, 2))-\(padded(civil.day, 2))-\(civil.year)"
        let type = level >= .error ? 3 : level >= .warning ? 2 : 1
        return "<![LOG[\(entry(text))]LOG]!><time=\"\(clock).\(milliseconds)+000\" date=\"\(date)\" "
            + "component=\"tsmedia\" context=\"\" type=\"\(type)\" thread=\"\(thread)\" file=\"\(source)\">\r\n"
    }

    /// `text` on one line and without the marker that would end the entry.
    ///
    /// Looks at bytes: a mark behind the last character would make it another one for a `String`, not for a reader.
    private static func entry(_ text: String) -> String {
        let end = Array("]LOG]!>".utf8)
        var bytes: [UInt8] = []
        for byte in text.onOneLine.utf8 {
            bytes.append(byte)
            if bytes.suffix(end.count) == end[...] { bytes.insert(UInt8(ascii: " "), at: bytes.count - 2) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
