// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import Testing

@testable import BlockDevices
@testable import MediaBuilder

@Suite("Labels by a template")
struct LabelTemplateTests {
    private func drive(_ serial: String?) -> BlockDevice {
        BlockDevice(
            name: "sdb", node: "/dev/sdb", deviceNumber: DeviceNumber(major: 8, minor: 16), kind: .disk, bus: .usb,
            model: nil, vendor: nil, serial: serial, byteCount: 1 << 30, logicalSectorByteCount: 512,
            physicalSectorByteCount: 512, isReadOnly: false, isRemovable: true, isHotplug: true, diskSequence: 1,
            contents: DeviceContents(), partitions: [], mountPoints: [], holders: [], backingFile: nil,
            unreadableFacts: [])
    }

    @Test(
        "a number is whole, of a serial number the end that fits is taken",
        arguments: [
            ("OSD-{number}", 7, "S1", "OSD-7"), ("OSD-{number}", 12345, "S1", "OSD-12345"),
            ("{serial}", 1, "4C530001190305105221", "90305105221"), ("W-{serial}", 1, "ab-cd", "W-ABCD"),
            ("{number}-{serial}", 10, "4C530001", "10-4C530001"), ("{number}-{serial}", 100, "4C530001", "100-C530001"),
            ("X{serial}", 1, nil, "XSDB"), ("win {number}", 3, nil, "WIN 3"),
        ] as [(String, Int, String?, String)])
    func labels(template: String, number: Int, serial: String?, label: String) throws {
        #expect(try LabelTemplate(template).label(number, drive(serial)).description == label)
    }

    @Test(
        "what could not tell drives apart, or not be kept by FAT, is refused",
        arguments: [
            "", "OSD", "{x}", "{number", "{Number}", "OSD-LABEL-{number}", "LABEL-{serial}XY", "é{number}",
            "a+{number}",
        ])
    func refused(template: String) {
        #expect(throws: MediaBuilderError.self) { try LabelTemplate(template) }
    }
}
