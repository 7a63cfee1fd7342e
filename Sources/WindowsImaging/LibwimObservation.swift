// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Support

/// Passes libwim's progress on while it works, and the user's wish to stop back.
final class LibwimObservation {
    private let interruption: Interruption?
    private let progress: any ProgressObserver
    private var phase: String?

    init(interruption: Interruption?, progress: any ProgressObserver) {
        self.interruption = interruption
        self.progress = progress
    }

    /// Registers with the archive `handle` for as long as `body` runs.
    func whileObserving(
        _ handle: OpaquePointer, _ body: () throws(WindowsImagingError) -> Void
    ) throws(WindowsImagingError) {
        wimlib_register_progress_function(handle, Self.observe, Unmanaged.passUnretained(self).toOpaque())
        defer { wimlib_register_progress_function(handle, nil, nil) }
        try withExtendedLifetime(self) { () throws(WindowsImagingError) in try body() }
    }

    /// Says that the work that was shown is over.
    func finish() {
        if let phase { progress.finish(phase: phase) }
        phase = nil
    }

    private func update(_ phase: String, _ completed: UInt64, of total: UInt64) {
        if phase != self.phase { finish() }
        self.phase = phase
        progress.update(
            ProgressUpdate(
                phase: phase, completedByteCount: Int64(clamping: completed), totalByteCount: Int64(clamping: total)))
    }

    /// The function that libwim calls; its context is the observation, unretained.
    static let observe: wimlib_progress_func_t = { message, information, context in
        guard let context else { return WIMLIB_PROGRESS_STATUS_CONTINUE }
        let observation = Unmanaged<LibwimObservation>.fromOpaque(context).takeUnretainedValue()
        switch message {
        case WIMLIB_PROGRESS_MSG_VERIFY_INTEGRITY:
            if let integrity = information?.pointee.integrity {
                observation.update("checking integrity", integrity.completed_bytes, of: integrity.total_bytes)
            }
        case WIMLIB_PROGRESS_MSG_VERIFY_STREAMS:
            if let streams = information?.pointee.verify_streams {
                observation.update("checking files", streams.completed_bytes, of: streams.total_bytes)
            }
        case WIMLIB_PROGRESS_MSG_SPLIT_BEGIN_PART, WIMLIB_PROGRESS_MSG_SPLIT_END_PART:
            if let split = information?.pointee.split {
                observation.update("splitting the image", split.completed_bytes, of: split.total_bytes)
            }
        case WIMLIB_PROGRESS_MSG_WRITE_STREAMS:
            if let streams = information?.pointee.write_streams {
                observation.update("writing the image", streams.completed_bytes, of: streams.total_bytes)
            }
        case WIMLIB_PROGRESS_MSG_EXTRACT_STREAMS:
            if let extract = information?.pointee.extract {
                observation.update("applying the image", extract.completed_bytes, of: extract.total_bytes)
            }
        default:
            break
        }
        return observation.interruption?.isRequested == true
            ? WIMLIB_PROGRESS_STATUS_ABORT : WIMLIB_PROGRESS_STATUS_CONTINUE
    }
}
