// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support

/// The small text files of media (docs/formats/media.md section 2): single-byte text, lines end in CR LF.
enum GeneratedFiles {
    /// The label file; one line.
    static func mediaLabel(_ label: String) -> [UInt8] { lines(["label=\(label)"]) }

    /// TsmBootstrap.ini: section and keys are the genuine ones, the spelling of capture media is ours.
    static func bootstrap(_ mediaType: MediaType, requiresPassword: Bool, isUnattended: Bool) -> [UInt8] {
        lines([
            "[MediaInfo]", "MediaType=\(mediaType.rawValue)", "PasswordRequired=\(requiresPassword)",
            "Unattended=\(isUnattended)",
        ])
    }

    /// Starts the media's wizard from inside Windows.
    ///
    /// The file is genuine, its text is ours.
    static let launchMedia = lines([
        "@echo off",
        "rem Starts the task sequence media wizard from inside Windows.",
        "setlocal",
        "set ARCHITECTURE=i386",
        "if /i \"%PROCESSOR_ARCHITECTURE%\"==\"AMD64\" set ARCHITECTURE=x64",
        "if /i \"%PROCESSOR_ARCHITEW6432%\"==\"AMD64\" set ARCHITECTURE=x64",
        "if /i \"%PROCESSOR_ARCHITECTURE%\"==\"ARM64\" set ARCHITECTURE=arm64",
        "if not exist \"%~dp0SMS\\bin\\%ARCHITECTURE%\\TSMBAutorun.exe\" set ARCHITECTURE=i386",
        "if exist \"%~dp0SMS\\bin\\%ARCHITECTURE%\\TSMBAutorun.exe\" goto start",
        "echo This media holds no client programs. Start the computer from it instead.",
        "exit /b 1",
        ":start",
        "start \"\" \"%~dp0SMS\\bin\\%ARCHITECTURE%\\TSMBAutorun.exe\"",
    ])

    /// Lets Windows offer the media's wizard when the media is inserted.
    ///
    /// The file is genuine, its text is ours.
    static func autorun(label: String) -> [UInt8] { lines(["[autorun]", "open=LaunchMedia.cmd", "label=\(label)"]) }

    static func lines(_ lines: [String]) -> [UInt8] { lines.flatMap { Array($0.utf8) + [0x0D, 0x0A] } }
}
