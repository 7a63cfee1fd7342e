// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Support

/// Follows libwim while it lists a volume.
final class LibwimScan {
    /// Paths that an error or a warning can name; the others are counted.
    private static let pathLimit = 20
    /// Whoever looks is told once in so many files.
    private static let stride = 512

    private let interruption: Interruption
    private let observe: (Int) -> Void
    /// Files that libwim leaves out because it cannot capture them, as far as they are named.
    private(set) var unsupportedPaths: [String] = []
    /// How many these are.
    private(set) var unsupportedCount = 0
    private var entryCount = 0

    init(interruption: Interruption, observe: @escaping (Int) -> Void) {
        self.interruption = interruption
        self.observe = observe
    }

    /// Registers with the archive `handle` for as long as `body` runs.
    func whileObserving(
        _ handle: OpaquePointer, _ body: () throws(WindowsImagingError) -> Void
    ) throws(WindowsImagingError) {
        wimlib_register_progress_function(handle, Self.observe, Unmanaged.passUnretained(self).toOpaque())
        defer { wimlib_register_progress_function(handle, nil, nil) }
        try withExtendedLifetime(self) { () throws(WindowsImagingError) in try body() }
    }

    private func take(_ scan: wimlib_progress_info_scan) {
        entryCount += 1
        if entryCount.isMultiple(of: Self.stride) { observe(entryCount) }
        guard scan.status == WIMLIB_SCAN_DENTRY_UNSUPPORTED else { return }
        unsupportedCount += 1
        guard unsupportedPaths.count < Self.pathLimit, let path = scan.cur_path else { return }
        unsupportedPaths.append(String(cString: path))
    }

    /// The function that libwim calls; its context is the scan, unretained.
    private static let observe: wimlib_progress_func_t = { message, information, context in
        guard let context else { return WIMLIB_PROGRESS_STATUS_CONTINUE }
        let scan = Unmanaged<LibwimScan>.fromOpaque(context).takeUnretainedValue()
        if message == WIMLIB_PROGRESS_MSG_SCAN_DENTRY, let information { scan.take(information.pointee.scan) }
        return scan.interruption.isRequested ? WIMLIB_PROGRESS_STATUS_ABORT : WIMLIB_PROGRESS_STATUS_CONTINUE
    }
}
