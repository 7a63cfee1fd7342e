// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import Testing

@Suite("commands of Windows")
struct WindowsCommandTests {
    @Test(
        "programs of Windows are told from those of Linux",
        arguments: [
            ("cmd /c dir", "cmd"), ("\"C:\\Program Files\\x.exe\" /s", "C:\\Program Files\\x.exe"),
            ("setup.exe", "setup.exe"),
            ("powershell -File x.ps1", "powershell"), ("sh install.sh", nil), ("/bin/echo x", nil),
            ("echo a; reg add", nil), ("", nil),
            ("DISKPART.EXE /s", "DISKPART.EXE"),
        ] as [(String, String?)])
    func programs(_ command: String, _ expected: String?) { #expect(WindowsCommand.program(of: command) == expected) }
}
