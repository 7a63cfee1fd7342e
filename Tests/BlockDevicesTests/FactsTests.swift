// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import BlockDevices

@Suite("Facts about drives")
struct FactsTests {
    private typealias Port = SimulatedMachine.Port

    private func device(_ name: String, _ build: (SimulatedMachine) throws -> Void) throws -> BlockDevice {
        let machine = try SimulatedMachine()
        try machine.mount(nil, "/", "tmpfs")
        try build(machine)
        return try BlockDevices(try machine.environment()).resolve(FilePath("/dev/\(name)"))
    }

    @Test("a stick tells its maker, model and the serial number of the USB device, without padding")
    func stick() throws {
        let device = try device("sdb") { try $0.stick("sdb", serial: "  4C53 ") }
        #expect(device.vendor == "SanDisk" && device.model == "Ultra" && device.serial == "4C53")
        #expect(device.bus == .usb && device.isHotplug && device.isRemovable && !device.isFixed)
        #expect(device.byteCount == 16 << 30 && device.physicalSectorByteCount == 4096)
        #expect(device.diskSequence == 7 && device.displayName == "/dev/sdb (SanDisk Ultra)")
    }

    @Test(
        "the bus is told by the folders above the disk",
        arguments: [
            ("sdb", Port.usb, "usb"), ("sda", Port.sata, "sata"), ("nvme0n1", Port.nvme, "nvme"),
            ("mmcblk0", Port.emmc, "mmc"), ("vda", Port.virtio, "virtio"), ("sdc", Port.iSCSI, "iscsi"),
            ("sdd", "pci0000:00/0000:02:00.0/host2/port-2:0/end_device-2:0/target2:0:0/2:0:0:0", "sas"),
            ("sde", "pci0000:00/0000:02:00.0/host2/rport-2:0-0/target2:0:0/2:0:0:0", "fc"),
            ("sdf", "pci0000:00/0000:02:00.0/fw1/fw1.0/host9/target9:0:0/9:0:0:0", "firewire"),
            ("sdg", "LNXSYSTM:00/VMBUS:00/host0/target0:0:0/0:0:0:0", "hyperv"), ("xvda", "vbd-51712", "xen"),
            ("nbd0", Port.virtual, "nbd"), ("sdh", "pci0000:00/0000:02:00.0/host2/target2:0:0/2:0:0:0", "scsi"),
            ("zd0", Port.virtual, "virtual"), ("pmem0", "platform/x", "unknown"),
        ])
    func bus(_ name: String, _ port: String, _ bus: String) throws {
        #expect(try device(name) { try $0.disk(name, port) }.bus.rawValue == bus)
    }

    @Test("udev's records fill gaps, and only gaps")
    func udev() throws {
        let values = ["ID_SERIAL_SHORT": "UDEV1", "ID_MODEL": "Virtual_Disk", "ID_VENDOR": "QEMU"]
        let bare = try device("vda") {
            try $0.disk("vda", Port.virtio); try $0.udev("vda", values)
        }
        #expect(bare.serial == "UDEV1" && bare.model == "Virtual Disk" && bare.vendor == "QEMU")
        let stick = try device("sdb") {
            try $0.stick("sdb"); try $0.udev("sdb", values)
        }
        #expect(stick.serial == "STICK01" && stick.model == "Ultra" && stick.vendor == "SanDisk")
    }

    @Test(
        "a page of vital product data that is too short or says more than it has gives no wrong serial number",
        arguments: [
            ("\u{0}\u{80}\u{0}\u{4}ABCD", "ABCD"), ("\u{0}\u{80}\u{0}\u{2}ABCD", "AB"),
            ("\u{0}\u{80}\u{FF}\u{FF}ABCD", "ABCD"), ("\u{0}\u{80}\u{0}", nil), ("\u{0}\u{83}\u{0}\u{4}ABCD", nil),
            ("\u{0}\u{80}\u{0}\u{4}    ", nil), ("", nil),
        ])
    func vitalProductData(_ page: String, _ serial: String?) throws {
        let device = try device("sdb") { try $0.disk("sdb", Port.sata, attributes: ["device/vpd_pg80": page]) }
        #expect(device.serial == serial)
    }

    @Test("partitions come in the order of their numbers, with what is on them and who holds them")
    func partitions() throws {
        let device = try device("sdb") { machine in
            try machine.stick("sdb", contents: .gpt)
            for number in [1, 2, 10] {
                try machine.partition("sdb\(number)", of: "sdb", .fileSystem("ext4", "n\(number)"))
            }
            try machine.virtual("dm-0", on: ["sdb2"])
        }
        #expect(device.partitions.map(\.number) == [1, 2, 10])
        #expect(device.partitions.map(\.holders) == [[], ["dm-0"], []])
        #expect(device.partitions[2].node == "/dev/sdb10" && device.partitions[2].contents.words == "ext4 \"n10\"")
        #expect(device.contentSummary == "gpt partition table: ext4 \"n1\", ext4 \"n2\", ext4 \"n10\"")
    }

    @Test("links lead to their drive, and what is none is refused with advice")
    func names() throws {
        let machine = try SimulatedMachine()
        try OddMachine.installed(machine)
        try machine.stick("sdb")
        machine.link("/dev/disk/by-id/usb-SanDisk_Ultra_STICK01-0:0", to: "/dev/sdb")
        machine.link("/dev/disk/by-id/part", to: "/dev/sda1")
        machine.file("/home/drive.img")
        machine.forbid("/secret")
        let devices = BlockDevices(try machine.environment())
        #expect(try devices.resolve("/dev/disk/by-id/usb-SanDisk_Ultra_STICK01-0:0").node == "/dev/sdb")
        let cases: [(FilePath, String, FailureClass)] = [
            ("/dev/sda1", "is a partition of /dev/sda; name the whole drive", .refused),
            ("/dev/disk/by-id/part", "is a partition of /dev/sda", .refused),
            ("/dev/null", "is a character device", .refused), ("/home/drive.img", "is a file, not a drive", .refused),
            ("/home", "is a folder, not a drive", .refused), ("/dev/sdz", "does not exist", .notFound),
            ("/secret", "could not be looked at", .refused),
        ]
        for (path, text, failureClass) in cases {
            let error = #expect(throws: DeviceError.self) { try devices.resolve(path) }
            #expect(error?.description.contains(text) == true && error?.failureClass == failureClass, "\(path)")
        }
    }

    @Test("a drive that was exchanged since it was looked at is refused")
    func exchanged() throws {
        let machine = try SimulatedMachine()
        try OddMachine.installed(machine)
        try machine.stick("sdb")
        let devices = BlockDevices(try machine.environment())
        let device = try devices.resolve("/dev/sdb")
        #expect(devices.verdict(on: device).isWritable)
        for (attribute, text) in [("diskseq", "8\n"), ("size", "2048\n"), ("dev", "8:77\n")] {
            let before = try SmallFile.read(machine.folder.appending("sys/block/sdb").appending(attribute))
            try machine.sysfs("block/sdb/\(attribute)", text)
            #expect(devices.verdict(on: device).refusals.map(\.code) == [.changed], "\(attribute)")
            try machine.sysfs("block/sdb/\(attribute)", String(decoding: before, as: UTF8.self))
            #expect(devices.verdict(on: device).isWritable)
        }
        try machine.removeSysfs("block/sdb")
        #expect(devices.verdict(on: device).refusals.map(\.code) == [.changed])
    }

    @Test("without sysfs nothing is known, and the error says so")
    func withoutSysfs() throws {
        let machine = try SimulatedMachine()
        try machine.removeSysfs("block")
        let devices = BlockDevices(try machine.environment())
        let error = #expect(throws: DeviceError.self) { try devices.all() }
        #expect(error?.nextStep?.contains("sysfs") == true)
    }
}
