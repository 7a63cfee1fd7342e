// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import Support

/// Messages and progress as one JSON object per line, for programs that watch us.
enum JSONLine {
    private struct Progress: Encodable {
        let event: String
        let phase: String
        let completedSize: Int64
        let totalSize: Int64?
    }

    private struct Message: Encodable {
        let event: String
        let message: String
    }

    /// A progress object.
    static func progress(_ update: ProgressUpdate, isFinished: Bool) -> String {
        line(
            Progress(
                event: isFinished ? "finished" : "progress", phase: update.phase,
                completedSize: update.completedByteCount, totalSize: update.totalByteCount))
    }

    /// A message object; `kind` is error, warning or note.
    static func message(_ kind: String, _ text: String) -> String { line(Message(event: kind, message: text)) }

    private static func line(_ value: some Encodable) -> String {
        guard let bytes = try? JSON.bytes(of: value, .line) else { return "" }
        return String(decoding: bytes, as: UTF8.self) + "\n"
    }
}
