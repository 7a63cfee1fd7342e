// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TrialChannel

@testable import BlockDevices
@testable import SequenceEngine
@testable import WindowsSetup

extension FuzzTarget {
    private static let state = """
        {"schemaVersion":1,"identity":{"media":"m","sequence":"s","name":"n"},"stepCount":3,"written":1700000000,"done":1,\
        "begun":{"number":2,"name":"b"},"isRestarting":false,"steps":[{"number":1,"changes":[{"name":"A","isSecret":false,\
        "value":"b"},{"name":"P","isSecret":true}]}],"volumes":[{"letter":"C","device":{"diskSignature":1,"offset":1048576},\
        "disk":0,"partition":1,"fileSystem":"ntfs","label":"L","isDivided":true}],"windows":null}
        """

    /// What the program on the target reads, and what talks with it.
    static let engine = [
        FuzzTarget("run-state", texts: state) { input in
            let state = try RunState(decoding: input)
            guard (try? RunState(decoding: try state.encoded())) != nil else {
                preconditionFailure("a state that was written is not read")
            }
        },
        FuzzTarget(
            "state-file", seeds: { _ in [StateFile(number: 7, state: Array(state.utf8)).bytes] },
            read: { input in
                if let file = StateFile(input) { _ = try RunState(decoding: file.state) }
            }),
        FuzzTarget(
            "engine-report", words: ["\"type\":\"", "\"step\"", "\"piece\"", "\"ended\"", "9223372036854775808"],
            texts: "{\"type\":\"step\",\"number\":1,\"count\":2,\"name\":\"n\",\"group\":\"g\"}\n",
            "{\"type\":\"file\",\"name\":\"f\",\"byteCount\":3,\"sha256\":\"x\"}\n{\"type\":\"piece\",\"name\":\"f\",\"base64\":\"AAAA\"}\n"
        ) { input in
            var lines = TrialLines()
            for line in lines.append(input) + lines.append([UInt8(ascii: "\n")]) {
                guard case .success(let text) = line else { continue }
                _ = try? TrialOrder(line: text)
                if let report = try? EngineReport(line: text) {
                    precondition((try? EngineReport(line: report.line)) == report, "a report is read as it was written")
                }
            }
        },
        FuzzTarget(
            "wmi-query",
            words: ["SELECT * FROM ", "WHERE ", "LIKE ", " AND ", " OR ", " NOT ", "Win32_", "%", "[a-", "<>"],
            texts:
                "SELECT * FROM Win32_ComputerSystem WHERE Model LIKE '%Lat[a-z]tude%' AND NOT (TotalPhysicalMemory < 1024)"
        ) { input in
            guard let text = String(validating: input, as: UTF8.self) else { return }
            _ = try? ManagementQuery(text)
            _ = ManagementTime.timestamp(text)
            let parts = text.split(separator: "\n", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return }
            _ = LikePattern(parts[0], .management).matches(parts[1])
            _ = LikePattern(parts[0], .variables).matches(parts[1])
        },
        FuzzTarget("sequence-text", words: ["%", "%A%", "%%"], texts: "a %B% %%C%% %", "{x}:\\y") { input in
            guard let text = String(validating: input, as: UTF8.self) else { return }
            _ = try? CaptureFileName.read(text)
            _ = ConsoleText.readable(text)
        },
        FuzzTarget(
            "boot-menu", seeds: { _ in [[0, 0, 1, 0], EFIBootEntry.sample.bytes] },
            read: { input in
                var menu = EFIBootMenu(entries: [0: input, 1: Array(input.prefix(80))], order: input)
                _ = menu.putFirst(.sample)
                _ = menu.orderBytes
            }),
        FuzzTarget(
            "kernel-tables", words: ["\\040", " - ", "rw,relatime", "8:1", "/dev/sda1"],
            texts: "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n",
            "Filename\tType\tSize\tUsed\tPriority\n/dev/sda2 partition 1 0 -2\n"
        ) { input in
            _ = MountTable(input)
            _ = SwapTable(input)
        },
    ]
}

extension EFIBootEntry {
    fileprivate static var sample: EFIBootEntry {
        EFIBootEntry(
            description: "Windows", partition: 1, sectors: 2048..<4096,
            guid: GUID("11111111-2222-3333-4444-555555555555")!, program: "\\EFI\\x.efi")  // It is one.
    }
}
