// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import MediaTrial

@Suite("What a machine says and shows")
struct WatchTests {
    private static func failure(_ lines: String...) -> BootFailure? {
        var scan = BootFailureScan()
        for line in lines { scan.look(at: line) }
        return scan.found
    }

    @Test("what tells that nothing will come any more is recognized, and what only sounds like it is not")
    func failures() {
        #expect(Self.failure("BdsDxe: No bootable option or device was found.") == .nothingToStart)
        #expect(Self.failure("No bootable device.") == .nothingToStart)
        #expect(
            Self.failure(
                #"BdsDxe: failed to load Boot0001 "UEFI QEMU DVD-ROM": Access Denied"#,
                "BdsDxe: No bootable option or device was found.")
                == .notTrusted(#"BdsDxe: failed to load Boot0001 "UEFI QEMU DVD-ROM": Access Denied"#))
        #expect(Self.failure("error: bad shim signature.") == nil)
        #expect(
            Self.failure(
                "error: bad shim signature.", "error: you need to load the kernel first.", "",
                "Press any key to continue...") == .notTrusted("error: bad shim signature."))
        #expect(
            Self.failure("error: file `/vmlinuz' not found.", "  Press any key to continue...")
                == .loader("error: file `/vmlinuz' not found."))
        #expect(Self.failure("Press any key to continue...") == nil)
        #expect(Self.failure("grub rescue> ") == .loader("grub rescue>"))
        #expect(
            Self.failure("[    0.5] Kernel panic - not syncing: VFS")
                == .kernel("[    0.5] Kernel panic - not syncing: VFS"))
        #expect(Self.failure("tsengine ended with s") == nil)
        #expect(Self.failure("tsengine ended with status 132.") == .engine("tsengine ended with status 132."))
        #expect(
            Self.failure("Booting from Hard Disk...BOOTMGR is missing") == .loader("BOOTMGR is missing"))
        #expect(Self.failure("error: none", "Loading files", "step 1") == nil)
        #expect(Self.failure("grub> \u{1B}[31m")?.problem.description.contains("\u{1B}") == false)
    }

    @Test(
        "a text is found however it comes in, in a line without an end too, and byte for byte", arguments: [1, 3, 1000])
    func text(size: Int) {
        func find(_ text: String, in sent: String) -> Bool {
            var watch = SerialWatch(awaiting: text)
            let bytes = Array(sent.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                _ = watch.take(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            return watch.hasText
        }
        #expect(find("login:", in: "\u{1B}[2J\u{1B}[01;01Hpc \u{1B}[1mlo\u{1B}[0mgin: "))
        #expect(find("größe", in: "a\r\nüber größe b"))
        #expect(!find("login:", in: "lo\r\ngin:"))
        #expect(!find("\u{E9}", in: "e\u{301}"))
        #expect(!find("x", in: ""))
    }

    @Test("lines are those that somebody would see, without what drives a terminal")
    func lines() {
        var text = TerminalText()
        let lines = text.take(Array("one\u{1B}[5;7Htwo\u{7}\u{1B}[31m!\u{1B}[0m\r\n\n\tthree".utf8))
        #expect(lines == ["one", "two!"])
        #expect(text.rest == "three")
        #expect(text.take([UInt8](repeating: 65, count: 100_000)).allSatisfy { $0.utf8.count <= 8 << 10 })
    }

    @Test("the screen of a PC is read in its rows; graphics are none")
    func screen() {
        var memory = [UInt8](repeating: 0, count: 4000)
        for (column, byte) in "BOOTMGR is missing".utf8.enumerated() {
            memory[(24 * 80 + column + 2) * 2] = byte
            memory[(24 * 80 + column + 2) * 2 + 1] = 7
        }
        #expect(TextScreen(memory)?.rows == ["  BOOTMGR is missing"])
        #expect(TextScreen([UInt8](repeating: 0xFF, count: 4000)) == nil)
        #expect(TextScreen([1, 2, 3]) == nil)
    }
}
