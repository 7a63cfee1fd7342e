// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Testing

@testable import DriverPackages

@Suite struct DeviceMatcherTests {
    private static let list = """
        00:1f.6 Ethernet controller [0200]: Intel Corporation I219-LM [8086:15bb] (rev 10)
        \tSubsystem: Lenovo Device [17aa:225d]
        01:00.0 Non-Volatile memory controller [0108]: Samsung SM981 [144d:a808]
        """

    private static func matches(_ ids: String, class name: String = "Net", decoration: String = "NTamd64") throws
        -> [[String]]
    {
        let driver = try #require(
            SampleDriver.driver(
                "[Manufacturer]\n%P%=M,\(decoration)\n[M.\(decoration)]\n%D%=I,\(ids)\n", class: name))
        let devices = try HardwareList(Array(Self.list.utf8), name: "l").devices
        let matcher = DeviceMatcher(devices, on: TargetSystem(.x64, version: WindowsVersion(major: 10, build: 26100)))
        return matcher.matches(of: driver).map { ["\($0.device)", $0.id] }
    }

    @Test(
        "a device is served when one of its IDs is listed, exact or general, without case; the best one is told",
        arguments: [
            ("PCI\\VEN_8086&DEV_15BB", [["0", "PCI\\VEN_8086&DEV_15BB"]]),
            ("pci\\ven_8086&dev_15bb&subsys_225d17aa", [["0", "PCI\\VEN_8086&DEV_15BB&SUBSYS_225D17AA"]]),
            (
                "PCI\\CC_0200,PCI\\VEN_8086&DEV_15BB&REV_10,PCI\\VEN_8086&DEV_15BB",
                [["0", "PCI\\VEN_8086&DEV_15BB&REV_10"]]
            ),
            ("PCI\\CC_010802,PCI\\CC_0200", [["0", "PCI\\CC_0200"], ["1", "PCI\\CC_010802"]]),
            ("PCI\\VEN_8086&DEV_15BB&SUBSYS_00000000", []), ("PCI\\VEN_8086&DEV_15B", []),
            ("PCI\\VEN_8086&DEV_15BBX", []),
            ("USB\\VID_8086&PID_15BB", []),
        ])
    func ids(ids: String, matches: [[String]]) throws { #expect(try Self.matches(ids) == matches) }

    @Test("drivers of another architecture or a newer Windows serve nothing, nor do files that only add to a driver")
    func others() throws {
        let id = "PCI\\VEN_8086&DEV_15BB"
        #expect(try Self.matches(id, decoration: "NTarm64").isEmpty)
        #expect(try Self.matches(id, decoration: "NTamd64.10.0...99999").isEmpty)
        #expect(try Self.matches(id, decoration: "NTamd64.10.0...26100").count == 1)
        #expect(try Self.matches(id, class: "Extension").isEmpty)
        #expect(try Self.matches(id, class: "SoftwareComponent").isEmpty)
    }
}
