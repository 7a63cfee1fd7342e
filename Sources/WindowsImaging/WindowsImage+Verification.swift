// SPDX-License-Identifier: GPL-3.0-or-later

import CLibwim
import Markup
import Support

extension WindowsImage {
    /// Reads the whole archive and checks the integrity table, when it has one, and the SHA-1 of every resource.
    ///
    /// - Throws: ``WindowsImagingError``: `.damaged` when something is not what was written, `.interrupted`.
    public func verify(
        interruption: Interruption? = nil, progress: any ProgressObserver = SilentProgress()
    ) throws(WindowsImagingError) {
        let observation = Observation(interruption: interruption, progress: progress)
        let context = Unmanaged.passUnretained(observation).toOpaque()
        defer { observation.finish() }
        try withExtendedLifetime(observation) { () throws(WindowsImagingError) in
            if hasIntegrityTable {
                // libwim compares the table only while it opens an archive: open it once more.
                ParserMessages.silence()
                var second: OpaquePointer?
                let flags = WIMLIB_OPEN_FLAG_CHECK_INTEGRITY | WIMLIB_OPEN_FLAG_ERROR_IF_SPLIT
                let result = wimlib_open_wim_with_progress(path.string, flags, &second, Self.observe, context)
                wimlib_free(second)
                try Libwim.check(result, path.string, "is damaged")
            }
            wimlib_register_progress_function(handle, Self.observe, context)
            defer { wimlib_register_progress_function(handle, nil, nil) }
            try Libwim.check(wimlib_verify_wim(handle, 0), path.string, "is damaged")
        }
    }

    /// What the progress callback needs.
    private final class Observation {
        let interruption: Interruption?
        let progress: any ProgressObserver
        var phase: String?

        init(interruption: Interruption?, progress: any ProgressObserver) {
            self.interruption = interruption
            self.progress = progress
        }

        func update(_ phase: String, _ completed: UInt64, of total: UInt64) {
            if phase != self.phase { finish() }
            self.phase = phase
            progress.update(
                ProgressUpdate(
                    phase: phase, completedByteCount: Int64(clamping: completed),
                    totalByteCount: Int64(clamping: total)))
        }

        func finish() {
            if let phase { progress.finish(phase: phase) }
            phase = nil
        }
    }

    /// Passes libwim's progress on, and the wish to stop back.
    private static let observe: wimlib_progress_func_t = { message, information, context in
        guard let context else { return WIMLIB_PROGRESS_STATUS_CONTINUE }
        let observation = Unmanaged<Observation>.fromOpaque(context).takeUnretainedValue()
        switch message {
        case WIMLIB_PROGRESS_MSG_VERIFY_INTEGRITY:
            if let integrity = information?.pointee.integrity {
                observation.update("checking integrity", integrity.completed_bytes, of: integrity.total_bytes)
            }
        case WIMLIB_PROGRESS_MSG_VERIFY_STREAMS:
            if let streams = information?.pointee.verify_streams {
                observation.update("checking files", streams.completed_bytes, of: streams.total_bytes)
            }
        default:
            break
        }
        return observation.interruption?.isRequested == true
            ? WIMLIB_PROGRESS_STATUS_ABORT : WIMLIB_PROGRESS_STATUS_CONTINUE
    }
}
