// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// The program that emulates machines.
enum Emulator {
    private static let program = "qemu-system-x86_64"

    /// Where it is: in a folder of PATH.
    ///
    /// - Throws: ``MediaTrialError`` `.notInstalled`.
    static func locate() throws(MediaTrialError) -> FilePath {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin"
        for folder in path.split(separator: ":") where folder.hasPrefix("/") {
            let candidate = FilePath(String(folder)).appending(program)
            if access(candidate.string, X_OK) == 0 { return candidate }
        }
        throw MediaTrialError(
            .notInstalled, "program \(program)", "is not on this system, and media is tried in it",
            nextStep: "install the package qemu-system-x86")
    }

    /// Makes sure that a window can be shown.
    ///
    /// - Throws: ``MediaTrialError`` `.badRequest`.
    static func requireScreen() throws(MediaTrialError) {
        for variable in ["DISPLAY", "WAYLAND_DISPLAY"] where getenv(variable).map({ $0.pointee != 0 }) == true {
            return
        }
        throw MediaTrialError(
            .badRequest, "\(.window)", "needs a graphical session, and there is none here",
            nextStep: "leave it out and use \(.screenshot), or forward a display with ssh -X")
    }

    /// The environment of the program: `folder` for its temporary files, and what a window takes.
    static func environment(temporaryFolder folder: FilePath, hasWindow: Bool) -> [String] {
        let forWindow = ["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "HOME", "XDG_DATA_DIRS"]
        let kept = (hasWindow ? forWindow : []) + ["PATH"]
        return ["TMPDIR=\(folder)", "LC_ALL=C.UTF-8"]
            + kept.compactMap { name in getenv(name).map { "\(name)=\(String(cString: $0))" } }
    }
}
