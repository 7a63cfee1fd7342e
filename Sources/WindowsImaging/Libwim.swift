// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Glibc
import Support

/// The process-wide part of libwim, and its return codes.
enum Libwim {
    /// Sets libwim up, once: look-ups without case, and no messages on standard error.
    static let initialization: Int32 = {
        wimlib_set_print_errors(false)
        return wimlib_global_init(WIMLIB_INIT_FLAG_DEFAULT_CASE_INSENSITIVE)
    }()

    /// Turns a return code of libwim other than 0 into a typed error about `object`.
    ///
    /// - Parameter operation: what was being done, as the predicate of a sentence: "could not be opened".
    static func check(
        _ result: Int32, _ object: @autoclosure () -> String, _ operation: @autoclosure () -> String
    ) throws(WindowsImagingError) {
        guard result != 0 else { return }
        throw error(result, reason: errno, object(), operation())
    }

    private static func error(
        _ result: Int32, reason: Int32, _ object: String, _ operation: String
    ) -> WindowsImagingError {
        let code = wimlib_error_code(rawValue: UInt32(bitPattern: result))
        // libwim's own text names the flag or structure; a full disk is only in errno.
        if [WIMLIB_ERR_WRITE, WIMLIB_ERR_NTFS_3G].contains(code), [ENOSPC, EDQUOT, EFBIG].contains(reason) {
            return WindowsImagingError(
                .noSpace, "\(object)", "does not fit where it is extracted",
                nextStep: "free some space or choose another temporary folder with TMPDIR")
        }
        let kind = kind(of: code)
        let detail = wimlib_get_error_string(code).map { String(cString: $0) } ?? "libwim error \(result)"
        return WindowsImagingError(
            kind, "\(object)", problems[kind] ?? "\(operation): \(detail.withoutFinalStop)",
            nextStep: nextSteps[kind] ?? "check the file and the disk, then try again")
    }

    /// What a code of libwim means to us; any other says that the WIM's own structures are wrong.
    private static func kind(of code: wimlib_error_code) -> WindowsImagingError.Code {
        switch code {
        case WIMLIB_ERR_NOT_A_WIM_FILE: .notAnImage
        case WIMLIB_ERR_IS_SPLIT_WIM, WIMLIB_ERR_SPLIT_INVALID, WIMLIB_ERR_RESOURCE_NOT_FOUND,
            WIMLIB_ERR_METADATA_NOT_FOUND:
            .incomplete
        case WIMLIB_ERR_WIM_IS_ENCRYPTED, WIMLIB_ERR_UNKNOWN_VERSION, WIMLIB_ERR_INVALID_COMPRESSION_TYPE,
            WIMLIB_ERR_UNSUPPORTED:
            .unsupported
        case WIMLIB_ERR_INVALID_IMAGE: .imageNotFound
        case WIMLIB_ERR_PATH_DOES_NOT_EXIST: .pathNotFound
        case WIMLIB_ERR_ABORTED_BY_PROGRESS: .interrupted
        case WIMLIB_ERR_OPEN, WIMLIB_ERR_READ, WIMLIB_ERR_WRITE, WIMLIB_ERR_STAT, WIMLIB_ERR_MKDIR, WIMLIB_ERR_LINK,
            WIMLIB_ERR_SET_TIMESTAMPS, WIMLIB_ERR_NTFS_3G, WIMLIB_ERR_SET_ATTRIBUTES, WIMLIB_ERR_SET_REPARSE_DATA,
            WIMLIB_ERR_SET_SECURITY, WIMLIB_ERR_SET_SHORT_NAME:
            .io
        default: .damaged
        }
    }

    private static let problems: [WindowsImagingError.Code: DiagnosticText] = [
        .notAnImage: "is not a WIM",
        .incomplete: "is one part of a split WIM or lacks some of its content",
        .imageNotFound: "does not exist",
        .pathNotFound: "does not exist",
        .interrupted: "was not read to its end: interrupted",
    ]

    private static let nextSteps: [WindowsImagingError.Code: DiagnosticText] = [
        .notAnImage: "name a .wim or .esd file",
        .damaged: "get a fresh copy of it",
        .incomplete: "join the parts first, with 'wimlib-imagex join'",
        .unsupported: "export it to an ordinary WIM first, with 'dism /Export-Image'",
        .imageNotFound: "see which images the WIM has",
        .pathNotFound: "check the path",
        .interrupted: "run it again",
    ]
}

extension String {
    /// The text without the full stop that libwim's messages end in.
    fileprivate var withoutFinalStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
