// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat

extension GeneratedFiles {
    /// What starts media from inside Windows.
    ///
    /// - Parameter isOpen: whether the media starts with an open boot image, which no program of a site can start.
    static func launchMedia(_ type: MediaType, isOpen: Bool) -> [UInt8] {
        type == .capture && isOpen ? captureLauncher : launchMedia
    }

    /// Prepares the Windows that runs for capture, and restarts the computer so that it can be started from the media: what a
    /// site's program does for media with Windows PE.
    ///
    /// What is asked of Sysprep and of its result is documented by Microsoft ("Sysprep Command-Line Options", "Windows Setup
    /// States"); that Netlogon starts by itself on members of a domain, and what of a client stays behind, is inferred.
    private static let captureLauncher = lines([
        "@echo off",
        "rem Prepares this Windows for capture: Sysprep, then a restart to start from this media.",
        "setlocal",
        "for %%A in (x64 arm64 i386) do if exist \"%~dp0SMS\\bin\\%%A\\TSMBAutorun.exe\" (",
        "    start \"\" \"%~dp0SMS\\bin\\%%A\\TSMBAutorun.exe\"",
        "    exit /b 0",
        ")",
        "set SYSPREP=%SystemRoot%\\System32\\Sysprep\\sysprep.exe",
        "set STATE=HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\State",
        "fltmc >nul 2>&1",
        "if errorlevel 1 (",
        "    echo Only an administrator can do this: right-click LaunchMedia.cmd and choose Run as administrator.",
        "    pause",
        "    exit /b 1",
        ")",
        "if not exist \"%SYSPREP%\" (",
        "    echo This Windows has no Sysprep.",
        "    pause",
        "    exit /b 1",
        ")",
        "reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\Netlogon /v Start | find \"0x2\" >nul",
        "if not errorlevel 1 (",
        "    echo This computer is a member of a domain. Take it out of the domain first, and restart it.",
        "    pause",
        "    exit /b 1",
        ")",
        "echo This Windows is prepared for capture:",
        "echo   1. Sysprep takes away what belongs to this computer alone, and the identity of its client.",
        "echo   2. The computer restarts. Start it from this media, not from its disk:",
        "echo      when Windows starts in between, it is set up anew, and has to be prepared again.",
        "echo Close all programs first.",
        "choice /c YN /m \"Go on\"",
        "if errorlevel 2 exit /b 1",
        "sc query CcmExec >nul 2>&1",
        "if not errorlevel 1 net stop CcmExec",
        "if exist \"%SystemRoot%\\SMSCFG.INI\" del /f /a \"%SystemRoot%\\SMSCFG.INI\"",
        "reg delete HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\SMS\\Certificates /f >nul 2>&1",
        "echo Sysprep runs. This takes some minutes.",
        "start \"\" /wait \"%SYSPREP%\" /generalize /oobe /quit",
        "reg query %STATE% /v ImageState | find \"IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE\" >nul",
        "if errorlevel 1 (",
        "    echo Sysprep has failed: see %SystemRoot%\\System32\\Sysprep\\Panther\\setuperr.log",
        "    pause",
        "    exit /b 1",
        ")",
        "echo This Windows is ready. The computer restarts into the setup of its firmware where it can:",
        "echo choose this media there, or in the boot menu.",
        "pause",
        "shutdown /r /fw /t 0 >nul 2>&1",
        "if errorlevel 1 shutdown /r /t 0",
    ])
}
