// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Markup
import Support

extension WindowsImage {
    /// Reads the whole archive and checks the integrity table, when it has one, and the SHA-1 of every resource.
    ///
    /// - Throws: ``WindowsImagingError``: `.damaged` when something is not what was written, `.interrupted`.
    public func verify(
        interruption: Interruption? = nil, progress: any ProgressObserver = SilentProgress()
    ) throws(WindowsImagingError) {
        try verifyIntegrity(interruption: interruption, progress: progress)
        let observation = LibwimObservation(interruption: interruption, progress: progress)
        defer { observation.finish() }
        try observation.whileObserving(handle) { () throws(WindowsImagingError) in
            try Libwim.check(wimlib_verify_wim(handle, 0), path.string, "is damaged")
        }
    }

    /// Reads the archive and checks its integrity table; an archive without one is taken as it is.
    ///
    /// - Throws: ``WindowsImagingError``: `.damaged` when something is not what was written, `.interrupted`.
    public func verifyIntegrity(
        interruption: Interruption? = nil, progress: any ProgressObserver = SilentProgress()
    ) throws(WindowsImagingError) {
        guard hasIntegrityTable else { return }
        let observation = LibwimObservation(interruption: interruption, progress: progress)
        defer { observation.finish() }
        // libwim compares the table only while it opens an archive: open it once more.
        ParserMessages.silence()
        var second: OpaquePointer?
        let flags = WIMLIB_OPEN_FLAG_CHECK_INTEGRITY | WIMLIB_OPEN_FLAG_ERROR_IF_SPLIT
        let result = withExtendedLifetime(observation) {
            wimlib_open_wim_with_progress(
                path.string, flags, &second, LibwimObservation.observe, Unmanaged.passUnretained(observation).toOpaque()
            )
        }
        wimlib_free(second)
        try Libwim.check(result, path.string, "is damaged")
    }
}
