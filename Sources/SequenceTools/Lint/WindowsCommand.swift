// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Commands that only Windows can run, told by their first word.
package enum WindowsCommand {
    private static let endings = [
        ".exe", ".com", ".cmd", ".bat", ".ps1", ".vbs", ".wsf", ".msi", ".msu", ".hta", ".js",
    ]
    /// Programs that are written without their ending.
    private static let programs: Set<String> = [
        "attrib", "bcdboot", "bcdedit", "bootsect", "cmd", "copy", "cscript", "defrag", "del", "dir", "diskpart",
        "dism", "drvload",
        "erase", "format", "icacls", "ipconfig", "manage-bde", "md", "mountvol", "move", "msiexec", "net", "netsh",
        "nslookup",
        "pnputil", "powercfg", "powershell", "pwsh", "rd", "reg", "regedit", "regsvr32", "ren", "robocopy", "rundll32",
        "sc",
        "schtasks", "setx", "shutdown", "slmgr", "start", "takeown", "taskkill", "tasklist", "vssadmin", "wevtutil",
        "wmic", "wpeinit",
        "wpeutil", "wscript", "wusa", "xcopy",
    ]

    /// The program of Windows that `command` runs; nil when it does not begin with one.
    package static func program(of command: String) -> String? {
        guard let word = firstWord(of: command) else { return nil }
        let name = word.lowercased().split { $0 == "\\" || $0 == "/" }.last.map(String.init) ?? ""
        let isOfWindows =
            endings.contains { name.hasSuffix($0) } || programs.contains(name) || word.contains("\\")
            || word.dropFirst().first == ":"
        return isOfWindows ? word.onOneLine : nil
    }

    /// The first word, without the quotes around it; nil when there is none.
    package static func firstWord(of command: String) -> String? {
        let text = command.drop { $0.isWhitespace }
        guard let first = text.first else { return nil }
        if first == "\"" || first == "'" {
            let inside = text.dropFirst().prefix { $0 != first }
            return inside.isEmpty ? nil : String(inside)
        }
        return String(text.prefix { !$0.isWhitespace && !";|&".contains($0) })
    }
}
