// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The one place where a failure becomes an exit code (docs/create.md, after sysexits.h).
enum ExitStatus {
    /// What `error` says, on one line, with fields as options.
    static func message(of error: any Error) -> String {
        (error as? any DiagnosticError)?.text(naming: OptionNames.option) ?? "\(error)"
    }

    /// The code for failures of `failureClass`.
    static func code(for failureClass: FailureClass) -> Int32 {
        switch failureClass {
        case .usage: 64  // EX_USAGE
        case .malformed: 65  // EX_DATAERR
        case .notFound: 66  // EX_NOINPUT
        case .unreachable: 69  // EX_UNAVAILABLE
        case .cannotCreate: 73  // EX_CANTCREAT
        case .io: 74  // EX_IOERR
        case .refused: 77  // EX_NOPERM
        case .interrupted: 130  // 128 + SIGINT, as shells report it
        }
    }
}
