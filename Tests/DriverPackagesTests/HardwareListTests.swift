// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Testing

@testable import DriverPackages

@Suite struct HardwareListTests {
    private static func list(_ text: String) throws -> [HardwareDevice] {
        try HardwareList(Array(text.utf8), name: "list.txt").devices
    }

    @Test("the IDs of a PCI device are those that Windows reports, the most exact first")
    func pciIDs() throws {
        let device = try #require(try Self.list("pci\\ven_8086&dev_15bb&subsys_225d17aa&rev_10\\3&11583659&0&FE").first)
        #expect(
            device.ids == [
                "PCI\\VEN_8086&DEV_15BB&SUBSYS_225D17AA&REV_10", "PCI\\VEN_8086&DEV_15BB&SUBSYS_225D17AA",
                "PCI\\VEN_8086&DEV_15BB&REV_10", "PCI\\VEN_8086&DEV_15BB", "PCI\\VEN_8086",
            ])
        #expect(device.role == nil)
    }

    @Test("pnputil's list is read, also without blank lines and in another language")
    func pnputil() throws {
        let text = """
            Microsoft PnP Utility

            Instance ID:                PCI\\VEN_8086&DEV_15BB&SUBSYS_225D17AA&REV_10\\3&11583659&0&FE
            Device Description:         Intel(R) Ethernet Connection (7) I219-LM
            Class Name:                 Net
            Class GUID:                 {4d36e972-e325-11ce-bfc1-08002be10318}
            Manufacturer Name:          Intel
            Status:                     Started
            Driver Name:                oem12.inf
            Hardware IDs:               PCI\\VEN_8086&DEV_15BB&SUBSYS_225D17AA&REV_10
                                        PCI\\VEN_8086&DEV_15BB&SUBSYS_225D17AA
            Compatible IDs:             PCI\\VEN_8086&DEV_15BB&REV_10
                                        PCI\\CC_020000
                                        PCI\\CC_0200

            Instance ID:                ACPI\\PNP0C02\\1
            Device Description:         Motherboard resources
            Class Name:                 System
            Instanz-ID:                 USB\\VID_0BDA&PID_8153\\000001
            Gerätebeschreibung:         Realtek USB GbE
            Klassen-GUID:               {4d36e972-e325-11ce-bfc1-08002be10318}
            """
        // Windows ends lines with two characters.
        let list = try HardwareList(Array(text.replacing("\n", with: "\r\n").utf8), name: "l")
        #expect(list.devices == (try Self.list(text)))
        try #require(list.devices.count == 2)
        #expect(list.devices.map(\.name) == ["Intel(R) Ethernet Connection (7) I219-LM", "Realtek USB GbE"])
        #expect(list.devices.map(\.role) == [.network, .network])
        #expect(list.devices[0].ids.contains("PCI\\CC_020000"))
        #expect(list.devices[0].ids.contains("PCI\\VEN_8086&CC_0200"))
        #expect(list.devices[1].ids == ["USB\\VID_0BDA&PID_8153"])
        #expect(list.devices.map(\.line) == [3, 19])
        #expect(list.otherDeviceCount == 1)
    }

    @Test("Get-PnpDevice is read as a table, whose IDs may be cut, and as a list")
    func getPnpDevice() throws {
        let table = """
            Status     Class           FriendlyName                                     InstanceId
            ------     -----           ------------                                     ----------
            OK         Net             Intel(R) Ethernet Connection (7) I219-LM         PCI\\VEN_8086&DEV_15BB&SUBSYS_225D...
            OK         SCSIAdapter     Intel RST VMD Controller                         PCI\\VEN_8086&DEV_9A0B&SUBSYS_00000000&REV_00\\3&1&0&70
            OK         HIDClass        HID device                                       HID\\VID_1&PID_2\\7&1
            OK         USB             USB Root Hub                                     USB\\ROOT_HUB30\\4&1
            """
        let devices = try Self.list(table)
        try #require(devices.count == 2)
        #expect(devices.map(\.name) == ["Intel(R) Ethernet Connection (7) I219-LM", "Intel RST VMD Controller"])
        #expect(devices.map(\.role) == [.network, .storage])
        #expect(devices[0].ids == ["PCI\\VEN_8086&DEV_15BB", "PCI\\VEN_8086"])
        let properties = """
            Class       : Net
            FriendlyName: I219
            HardwareID  : {PCI\\VEN_8086&DEV_15BB&SUBSYS_225D17AA&REV_10, PCI\\VEN_8086&DEV_15BB}
            InstanceId  : PCI\\VEN_8086&DEV_15BB&SUBSYS_225D17AA&REV_10\\3&11583659&0&FE
            """
        let listed = try Self.list(properties)
        try #require(listed.count == 1)
        #expect(listed[0].role == .network)
        #expect(listed[0].name == "I219")
    }

    @Test("lspci -nn is read with and without -v, and lspci -n")
    func lspci() throws {
        let verbose = """
            00:1f.6 Ethernet controller [0200]: Intel Corporation Ethernet Connection (7) I219-LM [8086:15bb] (rev 10)
            \tSubsystem: Lenovo Device [17aa:225d]
            \tFlags: bus master, fast devsel, latency 0, IRQ 142
            0000:01:00.0 Non-Volatile memory controller [0108]: Samsung [x] SM981 [144d:a808] (prog-if 02 [NVM Express])
            """
        let devices = try Self.list(verbose)
        try #require(devices.count == 2)
        #expect(devices[0].name == "Ethernet controller: Intel Corporation Ethernet Connection (7) I219-LM")
        #expect(devices[0].ids[0] == "PCI\\VEN_8086&DEV_15BB&SUBSYS_225D17AA&REV_10")
        #expect(devices[0].ids.contains("PCI\\CC_0200"))
        #expect(devices[1].ids.contains("PCI\\CC_010802"))
        #expect(devices.map(\.role) == [.network, .storage])
        let plain = try Self.list("00:17.0 0106: 8086:a352 (rev 10)\n00:14.3 0280: 8086:a370\n")
        #expect(plain.map { $0.ids.contains("PCI\\CC_010601") } == [true, false])
        // Without a cable: Windows PE does not use it.
        #expect(plain.map(\.role) == [.storage, .other])
    }

    @Test("lsusb and lines with an ID each are read, every device once")
    func others() throws {
        let text = """
            Bus 001 Device 003: ID 0bda:8153 Realtek Semiconductor Corp. RTL8153 Gigabit Ethernet Adapter
            Bus 002 Device 001: ID 0bda:8153 Realtek Semiconductor Corp. RTL8153 Gigabit Ethernet Adapter
            "PCI\\VEN_144D&DEV_A808","x"
            USB\\VID_045E&PID_0800&REV_0120&MI_00
            """
        let devices = try Self.list(text)
        try #require(devices.count == 3)
        #expect(
            devices.map(\.ids) == [
                ["USB\\VID_0BDA&PID_8153"], ["PCI\\VEN_144D&DEV_A808", "PCI\\VEN_144D"],
                ["USB\\VID_045E&PID_0800&REV_0120&MI_00", "USB\\VID_045E&PID_0800&MI_00"],
            ])
        #expect(devices[0].name == "Realtek Semiconductor Corp. RTL8153 Gigabit Ethernet Adapter")
    }

    @Test("what Windows saves, UTF-16 with a mark, is read")
    func wide() throws {
        let bytes = [0xFF, 0xFE] + Text.encodeUTF16LittleEndian("PCI\\VEN_8086&DEV_15BB\r\n")
        #expect(try HardwareList(bytes, name: "l").devices.count == 1)
    }

    @Test(
        "a list without devices is refused with the way to make one",
        arguments: [
            ("", HardwareListError.Code.noDevices), ("hello", .noDevices), ("PCI\\CC_0200", .noDevices),
            ("VUSB\\VID_1234&PID_1234", .noDevices), ("PCI\\", .noDevices),
            ("00:1f.6 Ethernet controller: Intel Corporation I219-LM (rev 10)", .noNumbers),
        ])
    func refused(text: String, code: HardwareListError.Code) {
        let error = #expect(throws: HardwareListError.self) { try Self.list(text) }
        #expect(error?.code == code)
        #expect(error?.field == .forHardware)
    }

    @Test("no computer has so many devices, and no list is so long")
    func limits() {
        let many = (0..<5_000).map { "PCI\\VEN_8086&DEV_\(String(0x1000 + $0, radix: 16))\n" }.joined()
        #expect(#expect(throws: HardwareListError.self) { try Self.list(many) }?.code == .limit)
        let long = String(repeating: "x", count: HardwareList.byteCountLimit + 1)
        #expect(#expect(throws: HardwareListError.self) { try Self.list(long) }?.code == .limit)
        let oneLine = String(repeating: "PCI\\VEN_8086&DEV_15BB,", count: 20_000)
        #expect(throws: Never.self) { try Self.list(oneLine) }
    }
}
