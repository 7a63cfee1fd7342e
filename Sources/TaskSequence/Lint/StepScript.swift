// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension LintStep {
    /// The command line of a Run Command Line step, else the action.
    var commandLine: String {
        let line = self["CommandLine"]
        return line.isEmpty ? step.action ?? "" : line
    }

    /// True for steps that run what their author wrote; MDT's have no type of Configuration Manager.
    var hasOwnCommandLine: Bool {
        type == "RunCommandLineAction" || type == "RunPowerShellScriptAction" || type.isEmpty
    }

    /// The inline script of a Run PowerShell Script step, or nil when there is none.
    ///
    /// Base64 of UTF-16LE with byte order mark (task-sequence.md section 1).
    var script: String? {
        let encoded = self["SourceScript"]
        guard !encoded.isEmpty, let bytes = Base64.decode(encoded) else { return nil }
        if bytes.starts(with: [0xFF, 0xFE]) { return Text.decode(bytes, fallback: .utf8) }
        return Text.decodeUTF16LittleEndian(bytes[...]) ?? Text.decode(bytes, fallback: .singleByte)
    }
}

/// Base64 (RFC 4648 section 4), white space left out.
enum Base64 {
    /// The bytes that `text` spells, or nil.
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 4 * 3)
        var (bits, count) = (UInt32(0), 0)
        for byte in text.utf8 {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            case UInt8(ascii: "="), 0x20, 0x9, 0xA, 0xD: continue
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return bytes
    }
}
