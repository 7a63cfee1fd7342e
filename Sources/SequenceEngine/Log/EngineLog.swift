// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

/// The log of a run, smsts.log, in the form that CMTrace reads.
///
/// It lies in memory until there is a target to copy it to; nothing of it may keep the run from going on.
package final class EngineLog {
    /// What a log is called, as the genuine engine calls its own.
    package static let fileName = "smsts.log"
    /// More is not kept: the log lies in the computer's memory.
    private static let byteCountLimit = 64 << 20

    /// Where the log lies.
    package let path: FilePath
    private let descriptor: FileDescriptor?
    private var byteCount = 0
    private let component: String
    /// Gets every line as it is written.
    package var observer: ((String) -> Void)?

    /// Begins the log at `path`; one that is there is written over.
    package init(path: FilePath, component: String = "tsengine") {
        self.path = path
        self.component = component
        descriptor = try? FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate, .append, .closeOnExec],
            permissions: FilePermissions(rawValue: 0o600))
    }

    deinit { try? descriptor?.close() }

    /// Writes what is worth knowing.
    package func note(_ text: String, file: String = #fileID, line: Int = #line) {
        write(text, .information, file, line)
    }

    /// Writes what may go wrong.
    package func warning(_ text: String, file: String = #fileID, line: Int = #line) {
        write(text, .warning, file, line)
    }

    /// Writes what went wrong.
    package func error(_ text: String, file: String = #fileID, line: Int = #line) { write(text, .error, file, line) }

    private func write(_ text: String, _ severity: CMTraceLine.Severity, _ file: String, _ line: Int) {
        // What a command put out has many lines: each is an entry of its own.
        for part in text.split(whereSeparator: \.isNewline) {
            let entry = CMTraceLine.text(
                String(part), severity: severity, time: FileIdentity.Instant.now, component: component,
                thread: tsm_thread_number(), source: "\(file):\(line)")
            observer?(entry)
            byteCount += entry.utf8.count
            guard byteCount <= Self.byteCountLimit else { continue }
            _ = try? descriptor?.writeAll(entry.utf8)
        }
    }

    /// Puts the log of an earlier part of the run, which lies at `earlier`, before this one.
    ///
    /// - Throws: `FileError`.
    package func goOn(behind earlier: FilePath) throws {
        guard let descriptor else { return }
        let before = try SmallFile.read(earlier, limit: Self.byteCountLimit)
        let own = try SmallFile.read(path, limit: Self.byteCountLimit * 2)
        try FileError.wrap("written", path) {
            try descriptor.resize(to: 0)
            _ = try descriptor.writeAll(before + own)
        }
        byteCount = before.count + own.count
    }

    /// Copies the log as it is now to `target`.
    ///
    /// - Throws: `FileError`.
    package func copy(to target: FilePath) throws {
        let bytes = try SmallFile.read(path, limit: Self.byteCountLimit * 2)
        try FileError.wrap("written", target) {
            let file = try FileDescriptor.open(
                target, .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: FilePermissions(rawValue: 0o644))
            try file.closeAfter {
                try file.writeAll(bytes)
                guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
        }
    }
}
