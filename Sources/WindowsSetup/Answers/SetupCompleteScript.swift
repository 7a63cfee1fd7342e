// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A command that Windows runs when it is set up, before anybody logs on.
public struct SetupCommand: Sendable, Equatable {
    /// What the log calls it: the name of a step.
    public var title: String
    /// The command line, with variables of the environment as cmd.exe knows them.
    public var commandLine: String
    /// The folder that it is run in, as Windows spells it; nil for the script's.
    public var folder: String?
    /// Exit codes that mean that all went well; 3010 asks for a restart besides.
    public var successCodes: [Int]
    /// Whether the commands behind it run when it failed.
    public var continuesOnError: Bool

    /// Describes a command.
    public init(
        title: String, commandLine: String, folder: String? = nil, successCodes: [Int] = [0],
        continuesOnError: Bool = false
    ) {
        self.title = title
        self.commandLine = commandLine
        self.folder = folder
        self.successCodes = successCodes
        self.continuesOnError = continuesOnError
    }
}

/// SetupComplete.cmd, which Windows runs once at the end of its setup, as the local system
/// (Windows' documentation, "Add a custom script to Windows Setup").
public struct SetupCompleteScript: Sendable, Equatable {
    /// Where Windows looks for it.
    public static let path = "Windows/Setup/Scripts/SetupComplete.cmd"
    /// Where one of the image is kept, which is run first.
    public static let imagesPath = "Windows/Setup/Scripts/SetupComplete-image.cmd"
    /// Where it writes what it did.
    public static let logPath = "%SystemRoot%\\Temp\\SetupComplete.log"
    /// ERROR_SUCCESS_REBOOT_REQUIRED.
    private static let restartCode = 3010

    /// The commands in their order.
    public var commands: [SetupCommand]
    /// Whether the image has a script of its own at ``imagesPath``.
    public var callsImages: Bool
    /// Whether the account of the administrator is disabled.
    public var disablesAdministrator: Bool
    /// Folders that are removed at the end when all went well, as Windows spells them.
    public var removedFolders: [String]

    /// Describes a script.
    public init(
        commands: [SetupCommand], callsImages: Bool = false, disablesAdministrator: Bool = false,
        removedFolders: [String] = []
    ) {
        self.commands = commands
        self.callsImages = callsImages
        self.disablesAdministrator = disablesAdministrator
        self.removedFolders = removedFolders
    }

    private static let firstLines = ["@echo off", "setlocal", "chcp 65001 >nul", "set TSMEDIA_LOG=\(logPath)"]

    /// What every such script begins with, and no other.
    public static let beginning = Array(firstLines.map { "\($0)\r\n" }.joined().utf8)

    /// The bytes of the script: UTF-8, which it chooses itself, with the line ends of Windows.
    public var bytes: [UInt8] {
        var lines = Self.firstLines + ["set TSMEDIA_RESTART="]
        if callsImages { lines.append("call \"%~dp0SetupComplete-image.cmd\"") }
        for (number, command) in commands.enumerated() { lines += Self.lines(of: command, number + 1) }
        if disablesAdministrator {
            lines.append(
                "powershell.exe -NoProfile -Command \"Get-LocalUser | Where-Object SID -like 'S-1-5-21-*-500' |"
                    + " Disable-LocalUser\" >>\"%TSMEDIA_LOG%\" 2>&1")
        }
        for folder in removedFolders { lines.append("rd /s /q \"\(Self.oneLine(folder))\"") }
        lines += [
            "echo %DATE% %TIME% done >>\"%TSMEDIA_LOG%\"",
            "if defined TSMEDIA_RESTART shutdown.exe /r /t 5 /c \"Windows is set up\"", "exit /b 0", ":failed",
            "echo %DATE% %TIME% stopped: a command failed >>\"%TSMEDIA_LOG%\"", "exit /b 1",
        ]
        return Array(lines.map { "\($0)\r\n" }.joined().utf8)
    }

    private static func lines(of command: SetupCommand, _ number: Int) -> [String] {
        let title = command.title.map { $0.isLetter || $0.isNumber || " -_.,".contains($0) ? $0 : "_" }
        let log = ">>\"%TSMEDIA_LOG%\""
        var lines = ["echo %DATE% %TIME% \(number): \(String(title)) \(log)"]
        if let folder = command.folder { lines.append("pushd \"\(oneLine(folder))\"") }
        // A script in the command must come back here.
        lines += ["call \(oneLine(command.commandLine)) \(log) 2>&1", "set TSMEDIA_CODE=%ERRORLEVEL%"]
        if command.folder != nil { lines.append("popd") }
        lines.append("echo %DATE% %TIME% \(number): exit code %TSMEDIA_CODE% \(log)")
        lines.append("if \"%TSMEDIA_CODE%\"==\"\(restartCode)\" set TSMEDIA_RESTART=1")
        guard !command.continuesOnError else { return lines }
        lines.append("set TSMEDIA_OK=")
        for code in Set(command.successCodes + [restartCode]).sorted() {
            lines.append("if \"%TSMEDIA_CODE%\"==\"\(code)\" set TSMEDIA_OK=1")
        }
        return lines + ["if not defined TSMEDIA_OK goto failed"]
    }

    /// What is meant to be one line, as one.
    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }
}
