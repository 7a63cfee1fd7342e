// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Support
import TSMediaTestSupport
import Testing

@testable import OpenBootImage

@Suite("Loaders of open boot images")
struct LoaderTests {
    @Test(
        "the boot image of UEFI is a FAT16 volume that fsck.fat accepts and mtools reads",
        arguments: [(0, 100), (1, 511), (513, 5_000_000), (1_048_504, 3_835_328)])
    func efiSystemImage(sizes: (Int, Int)) throws {
        let work = try TestFolder()
        let files = [
            ("bootx64.efi", [UInt8](repeating: 1, count: sizes.0)),
            ("grubx64.efi", [UInt8](repeating: 2, count: sizes.1)),
        ]
        let image = try work.write(try EFISystemImage.bytes(files), to: "efisys.bin")
        let checked = try Program.succeed("fsck.fat", ["-n", "-v", image.string]).output
        #expect(checked.contains("FAT16") || checked.contains("16 bit"), "\(checked)")
        for (name, bytes) in files {
            let read = try Program.succeed("mtype", ["-i", image.string, "::EFI/BOOT/\(name)"])
            #expect(read.outputBytes == bytes)
        }
    }

    @Test("loaders that no disc can start are refused")
    func tooLarge() {
        #expect(throws: OpenBootImageError.self) {
            _ = try EFISystemImage.bytes([("a.efi", [UInt8](repeating: 0, count: 33 << 20))])
        }
    }

    @Test("a loader's generations are read, and none of what is no loader")
    func levels() throws {
        let program = try PackageFixture.program(
            levels: "sbat,1,SBAT Version,sbat,1,https://x\nshim,4,UEFI shim,shim,1,https://x\nbad\nshim.debian,x\n")
        let levels = SecurityLevel.levels(of: program)
        #expect(levels.map(\.component) == ["shim"])
        #expect(levels.map(\.generation) == [4])
        for count in 0..<program.count { _ = SecurityLevel.levels(of: Array(program.prefix(count))) }
        #expect(SecurityLevel.levels(of: [1, 2, 3]).isEmpty)
    }

    @Test("the boot manager has GRUB's core behind it without its first sector, in whole paragraphs")
    func bootManager() throws {
        let core = [UInt8](repeating: 9, count: 512) + [UInt8](repeating: 7, count: 1_001)
        let manager = try GRUB.bootManager(core: core)
        #expect(manager.count == 512 + 1_008)
        #expect(Array(manager[512..<1_513]) == [UInt8](repeating: 7, count: 1_001))
        #expect(ByteReader(manager).littleEndian(UInt32.self, at: 4) == 63)
        #expect(try GRUB.discRecord().count == 4_096)
    }

    @Test("a core that no boot record loads is refused", arguments: [0, 512, 600_000])
    func noCore(count: Int) {
        #expect(throws: OpenBootImageError.self) { _ = try GRUB.bootManager(core: [UInt8](repeating: 0, count: count)) }
    }

    @Test("GRUB's configuration has no error that grub-script-check finds")
    func configuration() throws {
        let work = try TestFolder()
        try Program.succeed("grub-script-check", [try work.write(GRUB.configuration(.x64), to: "grub.cfg").string])
    }
}
