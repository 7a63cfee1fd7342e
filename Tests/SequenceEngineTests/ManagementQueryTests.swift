// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import SequenceEngine

/// A computer that a folder describes.
struct DescribedComputer {
    let folder: TestFolder
    let computer: Computer

    init(_ fields: [String: String], batteries: Int = 0) throws {
        folder = try TestFolder()
        computer = Computer(root: folder.path)
        for (name, value) in fields { try write(value + "\n", "sys/class/dmi/id/\(name)") }
        for number in 0..<batteries { try write("Battery\n", "sys/class/power_supply/BAT\(number)/type") }
        try write("MemTotal:       16316412 kB\nMemFree: 1 kB\n", "proc/meminfo")
    }

    func write(_ text: String, _ path: String) throws {
        let file = path.split(separator: "/").reduce(folder.path) { $0.appending(String($1)) }
        try Folder.create(file.removingLastComponent())
        try folder.write(Array(text.utf8), to: path)
    }

    static func latitude() throws -> DescribedComputer {
        try DescribedComputer(
            [
                "sys_vendor": "Dell Inc.", "product_name": "Latitude 7420", "product_serial": "ABC1234",
                "chassis_type": "10",
                "chassis_asset_tag": "A-17", "bios_version": "1.2.3", "board_name": "0X8YWX",
            ], batteries: 1)
    }
}

@Suite("WMI queries outside of Windows")
struct ManagementQueryTests {
    @Test(
        "queries that imaging uses are answered from what the kernel says",
        arguments: [
            ("SELECT * FROM Win32_ComputerSystem WHERE Model LIKE '%Latitude%'", true),
            (
                "select * from win32_computersystem where model like \"latitude [0-9]%\" and Manufacturer = 'dell inc.'",
                true
            ),
            ("SELECT * FROM Win32_ComputerSystem WHERE Model = 'Latitude'", false),
            (
                "SELECT Model, Manufacturer FROM Win32_ComputerSystem WHERE NOT (Model LIKE 'Opti%' OR Model LIKE 'Prec%')",
                true
            ),
            ("SELECT * FROM Win32_ComputerSystem WHERE Win32_ComputerSystem.TotalPhysicalMemory >= 4294967296", true),
            ("SELECT * FROM Win32_ComputerSystem WHERE TotalPhysicalMemory < '4294967296'", false),
            ("SELECT * FROM Win32_SystemEnclosure WHERE ChassisTypes = 10 OR ChassisTypes = 9", true),
            ("SELECT * FROM Win32_SystemEnclosure WHERE ChassisTypes LIKE '%8%'", false),
            ("SELECT * FROM Win32_BIOS WHERE SerialNumber <> ''", true),
            ("SELECT * FROM Win32_Battery", true),
            ("SELECT * FROM Win32_OperatingSystem WHERE OSArchitecture = '64-bit'", true),
            ("SELECT * FROM Win32_Processor WHERE AddressWidth = 64", true),
            ("SELECT * FROM Win32_ComputerSystem WHERE Nothing = 'x'", false),
            ("SELECT * FROM Win32_ComputerSystem WHERE NOT Nothing = 'x'", false),
            ("SELECT * FROM Win32_ComputerSystem WHERE Nothing IS NULL", true),
            ("SELECT * FROM Win32_ComputerSystem WHERE Model IS NOT NULL", true),
            ("SELECT * FROM Win32_SystemEnclosure WHERE SMBIOSAssetTag = 'a-17'", true),
        ])
    func holds(_ query: String, _ expected: Bool) throws {
        let computer = try DescribedComputer.latitude()
        #expect(try ManagementQuery(query).holds(ManagementClasses(computer.computer)) == expected)
    }

    @Test(
        "what is no query, or asks what only Windows knows, is an error and never an answer",
        arguments: [
            "", "SELECT", "SELECT * FROM", "SELECT * FROM Win32_Service", "SELECT * FROM Win32_BIOS WHERE",
            "SELECT * FROM Win32_BIOS WHERE SerialNumber", "SELECT * FROM Win32_BIOS WHERE SerialNumber = 'x",
            "SELECT * FROM Win32_BIOS WHERE (SerialNumber = 'x'",
            "SELECT * FROM Win32_BIOS WHERE SerialNumber = 'x' 'y'",
            "ASSOCIATORS OF {Win32_DiskDrive.DeviceID='x'}",
            "SELECT * FROM Win32_BIOS WHERE " + String(repeating: "(", count: 5000),
        ])
    func refused(_ query: String) throws {
        let computer = try DescribedComputer.latitude()
        #expect(throws: ManagementQuery.Problem.self) {
            try ManagementQuery(query).holds(ManagementClasses(computer.computer))
        }
    }

    @Test("a desktop without a battery has none")
    func noBattery() throws {
        let computer = try DescribedComputer(["chassis_type": "3"])
        #expect(try !ManagementQuery("SELECT * FROM Win32_Battery").holds(ManagementClasses(computer.computer)))
    }
}
