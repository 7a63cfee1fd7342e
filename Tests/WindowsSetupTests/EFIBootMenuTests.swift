// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Testing

@testable import WindowsSetup

@Suite("Entries of UEFI's boot menu")
struct EFIBootMenuTests {
    private static func entry(_ partition: UInt32 = 1) -> EFIBootEntry {
        EFIBootEntry(
            description: "WB", partition: partition, sectors: 2048..<206_848, guid: GUID(Array(0..<16)),
            program: "\\EFI\\a")
    }

    /// UEFI 2.10, 3.1.3, 10.3.5.1 and 10.3.5.4, field by field.
    @Test("an entry is what the specification says")
    func bytes() {
        let name: [UInt8] = [0x57, 0, 0x42, 0, 0, 0]
        let drive: [UInt8] =
            [4, 1, 42, 0] + [1, 0, 0, 0] + [0, 8, 0, 0, 0, 0, 0, 0] + [0, 0x20, 3, 0, 0, 0, 0, 0]
            + [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] + [2, 2]
        let path = Array("\\EFI\\a".utf8).flatMap { unit -> [UInt8] in [unit, 0] } + [0, 0]
        let file: [UInt8] = [4, 4, UInt8(path.count + 4), 0] + path
        let whole = drive + file + [0x7F, 0xFF, 4, 0]
        #expect(drive.count == 42)
        #expect(Self.entry().bytes == [1, 0, 0, 0, UInt8(whole.count), 0] + name + whole)
    }

    @Test("an entry becomes the first, in the first number that is free")
    func first() {
        var menu = EFIBootMenu(entries: [0: [1], 1: [2], 3: [4]], order: [1, 0, 3, 0])
        #expect(menu.putFirst(Self.entry()) == 2)
        #expect(menu.order == [2, 1, 3] && menu.orderBytes == [2, 0, 1, 0, 3, 0])
        #expect(menu.entries[2] == Self.entry().bytes && menu.entries[0] == [1])
    }

    @Test("one that starts the same is written over, another partition's is not")
    func same() {
        var menu = EFIBootMenu(entries: [7: Self.entry().bytes], order: [7, 0])
        var renamed = Self.entry()
        renamed.description = "Another name"
        #expect(menu.putFirst(renamed) == 7)
        #expect(menu.entries == [7: renamed.bytes] && menu.order == [7])
        #expect(menu.putFirst(Self.entry(2)) == 0)
        #expect(menu.order == [0, 7])
    }

    @Test("values of others, cut anywhere, are no reason to fail")
    func hostile() {
        let value = Self.entry().bytes
        for count in 0..<value.count {
            var menu = EFIBootMenu(entries: [0: Array(value[..<count])], order: [])
            #expect(menu.putFirst(Self.entry()) == 1, "\(count)")
        }
        var menu = EFIBootMenu(entries: [:], order: [1])
        #expect(menu.order == [] && menu.putFirst(Self.entry()) == 0)
    }

    @Test("numbers of variables have four digits")
    func names() { #expect([0, 10, 0xABCD].map { EFIBootMenu.name($0) } == ["Boot0000", "Boot000A", "BootABCD"]) }
}
