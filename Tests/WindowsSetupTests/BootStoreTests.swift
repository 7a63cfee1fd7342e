// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Registry
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import WindowsSetup

@Suite("BCD stores")
struct BootStoreTests {
    private static let disk = GUID(Array(0..<16))
    private static let system = GUID(Array(16..<32))
    private static let windows = GUID(Array(32..<48))
    private static let time = Timestamp(unixSeconds: 1_700_000_000)
    private static let manager = "{9dea862c-5cdd-4e70-acc1-f32b344d4795}"

    private static func store(_ firmware: SystemFirmware) -> BootStore {
        switch firmware {
        case .uefi:
            BootStore(
                firmware: .uefi, systemPartition: .gpt(disk: disk, partition: system),
                windowsPartition: .gpt(disk: disk, partition: windows), description: "Windows 11", locale: "de-DE")
        case .bios:
            BootStore(
                firmware: .bios, systemPartition: .mbr(diskSignature: 0x1234_5678, offset: 1 << 20),
                windowsPartition: .mbr(diskSignature: 0x1234_5678, offset: 51 << 20))
        }
    }

    private static func element(_ hive: RegistryHive, _ object: String, _ element: String) -> RegistryValue? {
        hive.value("Element", of: ["Objects", object, "Elements", element])
    }

    @Test("hivex finds the boot manager, its entry and what they say", arguments: SystemFirmware.allCases)
    func hivex(firmware: SystemFirmware) throws {
        let (folder, store) = (try TestFolder(), Self.store(firmware))
        let hive = try RegistryHive(path: try folder.write(store.bytes(modified: Self.time), to: "BCD"), name: "BCD")
        let entry = "{\(store.entry.text(.lower))}"
        #expect(hive.value("KeyName", of: ["Description"]) == .text("BCD00000000"))
        #expect(hive.value("Type", of: ["Objects", Self.manager, "Description"]) == .number(0x1010_0002))
        #expect(hive.value("Type", of: ["Objects", entry, "Description"]) == .number(0x1020_0003))
        #expect(Self.element(hive, Self.manager, "23000003") == .text(entry))
        let isUEFI = firmware == .uefi
        #expect(
            Self.element(hive, Self.manager, "12000002")
                == (isUEFI ? .text("\\EFI\\Microsoft\\Boot\\bootmgfw.efi") : nil))
        #expect(
            Self.element(hive, entry, "12000002") == .text("\\Windows\\system32\\winload.\(isUEFI ? "efi" : "exe")"))
        #expect(Self.element(hive, entry, "22000002") == .text("\\Windows"))
        #expect(Self.element(hive, entry, "12000005") == .text(isUEFI ? "de-DE" : "en-US"))
        #expect(Self.element(hive, entry, "12000004") == .text(isUEFI ? "Windows 11" : "Windows"))
    }

    /// The layout in docs/formats/bcd.md section 3, byte by byte.
    @Test(
        "a device element names disk and partition",
        .enabled(if: PythonPackages.areInstalled, Comment(rawValue: PythonPackages.reason)))
    func device() throws {
        let script = """
            import sys
            from regipy.registry import RegistryHive
            hive = RegistryHive(sys.argv[1])
            print(hive.get_key(f'\\\\Objects\\\\{sys.argv[2]}\\\\Elements\\\\{sys.argv[3]}').get_value('Element').hex())
            """
        let folder = try TestFolder()
        func element(_ firmware: SystemFirmware, _ name: String) throws -> String {
            let store = Self.store(firmware)
            let path = try folder.write(store.bytes(modified: Self.time), to: "\(firmware)")
            return try PythonPackages.run(script, [path.string, "{\(store.entry.text(.lower))}", name])
                .trimmingTrailing(\.isWhitespace)
        }
        let zeros = String(repeating: "0", count: 32)
        let head = "06000000" + "00000000" + "48000000" + "00000000"
        #expect(
            try element(.uefi, "21000001")
                == zeros + head + "23222120" + "2524" + "2726" + "28292a2b2c2d2e2f" + "00000000" + "00000000"
                + "03020100" + "0504" + "0706" + "08090a0b0c0d0e0f" + zeros)
        #expect(
            try element(.bios, "21000001")
                == zeros + head + "0000300300000000" + "0000000000000000" + "00000000" + "01000000" + "78563412"
                + "000000000000000000000000" + zeros)
    }

    @Test("the same partitions give the same store; another partition another entry")
    func reproducible() {
        let store = Self.store(.uefi)
        #expect(store.bytes(modified: Self.time) == store.bytes(modified: Self.time))
        #expect(store.entry == Self.store(.uefi).entry && store.entry != Self.store(.bios).entry)
        #expect(store.bytes(modified: Self.time).count <= 16 << 10)
    }
}
