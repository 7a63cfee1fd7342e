// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Driver packages in an applied Windows, and the script by which its setup adds them.
///
/// Windows does not look at `DriverPaths` when an image was applied, so that each package lies in a folder of its own, and
/// pnputil adds its drivers in the specialize pass, before the computer joins a domain.
public struct DriverStaging: Sendable, Equatable {
    /// The folder of what waits for Windows' setup.
    public static let folder = "_SMSTaskSequence/Drivers"
    /// The script.
    public static let scriptPath = "_SMSTaskSequence/AddDrivers.cmd"
    /// The command that runs it in the specialize pass.
    public static let command = "cmd.exe /c \"%SystemDrive%\\_SMSTaskSequence\\AddDrivers.cmd\""
    /// Where it writes what it did.
    public static let logPath = "%SystemRoot%\\Temp\\AddDrivers.log"

    /// A package whose files lie in ``folder``.
    public struct Package: Sendable, Equatable {
        /// The name of its folder there.
        public var name: String
        /// Whether drivers in folders of the package count too.
        public var isRecursive: Bool

        /// Describes a package.
        public init(name: String, isRecursive: Bool = true) {
            self.name = name
            self.isRecursive = isRecursive
        }
    }

    /// The packages, in the order in which they are added.
    public var packages: [Package]

    /// Describes what is staged.
    public init(packages: [Package] = []) { self.packages = packages }

    /// The bytes of the script; its exit code is always 0: Windows Setup ends when a command of this pass fails, and
    /// pnputil's codes tell of restarts too.
    public var script: [UInt8] {
        var lines = ["@echo off", "setlocal", "chcp 65001 >nul"]
        for package in packages {
            // Names of packages are names of folders: nothing in them means anything to cmd.exe but a percent sign.
            let name = package.name.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
            lines.append(
                "pnputil.exe /add-driver \"%~dp0Drivers\\\(name)\\*.inf\"\(package.isRecursive ? " /subdirs" : "")"
                    + " /install >>\"\(Self.logPath)\" 2>&1")
        }
        return Array((lines + ["exit /b 0"]).map { "\($0)\r\n" }.joined().utf8)
    }
}
