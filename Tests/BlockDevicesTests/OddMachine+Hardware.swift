// SPDX-License-Identifier: GPL-3.0-or-later

@testable import BlockDevices

extension OddMachine {
    static let hardware: [OddMachine] = [
        OddMachine(
            description: "a card reader with one card and one empty slot",
            verdicts: ["sda": system, "sdb": "[noMedium] has no medium in it", "sdc": stickWithFiles]
        ) {
            try installed($0)
            try $0.stick("sdb", mebibytes: 0)
            try $0.stick("sdc", Port.secondUSB, contents: .dos)
            try $0.partition("sdc1", of: "sdc", .fileSystem("vfat", "STICK"))
        },
        OddMachine(
            description: "a memory card in a slot of its own", verdicts: ["sda": system, "mmcblk1": stickWithFiles]
        ) {
            try installed($0)
            try $0.disk(
                "mmcblk1", Port.card, contents: .dos,
                attributes: ["device/type": "SD", "device/name": "SC16G", "device/serial": "0x1234abcd"])
            try $0.partition("mmcblk1p1", of: "mmcblk1", .fileSystem("vfat", "STICK"))
        },
        OddMachine(
            description: "an eMMC with its boot areas, which is soldered in",
            verdicts: ["mmcblk0": "fixed confirm(0xdeadbeef) force(gpt partition table)"],
            unlisted: [
                "mmcblk0boot0": "[kind] is a boot or protected area of flash memory, not a drive",
                "mmcblk0boot1": "[kind] is a boot or protected area of flash memory, not a drive",
                "mmcblk0rpmb": "[kind] is a boot or protected area of flash memory, not a drive",
            ]
        ) {
            try $0.mount(nil, "/", "tmpfs")
            try $0.disk(
                "mmcblk0", Port.emmc, contents: .gpt, attributes: ["device/type": "MMC", "device/serial": "0xdeadbeef"])
            for area in ["boot0", "boot1", "rpmb"] { try $0.disk("mmcblk0\(area)", Port.emmc, mebibytes: 4) }
        },
        OddMachine(
            description: "NVMe, internal", verdicts: ["sda": system, "nvme0n1": "fixed confirm(NV77)"]
        ) {
            try installed($0)
            try $0.disk("nvme0n1", Port.nvme, attributes: ["device/serial": "NV77                "])
        },
        OddMachine(
            description: "NVMe in an enclosure on USB, which is not flagged removable",
            verdicts: ["sda": system, "sdb": "writable"]
        ) {
            try installed($0); try $0.stick("sdb", removable: false, serial: "ENCLOSURE9")
        },
        OddMachine(
            description: "NVMe behind Thunderbolt, whose port says removable",
            verdicts: ["sda": system, "nvme1n1": "writable"]
        ) {
            try installed($0)
            try $0.disk(
                "nvme1n1", "pci0000:00/0000:00:1b.0/0000:05:00.0/nvme/nvme1", attributes: ["device/serial": "TB1"],
                above: ["pci0000:00/0000:00:1b.0/0000:05:00.0/removable": "removable"])
        },
        OddMachine(
            description: "a hidden path of an NVMe drive, which has no device number, and a drive just taken away",
            verdicts: ["sda": system, "nvme0n1": "fixed confirm(NV1)"]
        ) {
            try installed($0)
            try $0.disk("nvme0n1", Port.nvme, attributes: ["device/serial": "NV1"])
            try $0.disk("nvme0c0n1", Port.nvme, attributes: ["hidden": "1"])
            try $0.removeSysfs("block/nvme0c0n1/dev")
            try $0.stick("sdb")
            try $0.removeSysfs("devices/\(Port.usb)")
        },
        OddMachine(
            description: "a disk of a virtual machine",
            verdicts: ["vda": "[system] holds the root file system", "vdb": "fixed confirm(vol-7)"]
        ) {
            try $0.disk("vda", Port.virtio)
            try $0.mount("vda", "/", "ext4")
            try $0.disk("vdb", Port.virtio, attributes: ["serial": "vol-7"])
        },
        OddMachine(
            description: "iSCSI and a connected and an unconnected network block device",
            verdicts: [
                "sda": system, "sdb": "fixed confirm(/dev/sdb)", "nbd0": "fixed confirm(/dev/nbd0) force(ext4)",
            ]
        ) {
            try installed($0)
            try $0.disk("sdb", Port.iSCSI)
            try $0.virtual("nbd0", contents: .fileSystem("ext4"))
            try $0.virtual("nbd1", mebibytes: 0)
        },
        OddMachine(
            description: "a write-protected stick", verdicts: ["sda": system, "sdb": "[readOnly] is write-protected"]
        ) {
            try installed($0); try $0.stick("sdb", readOnly: true)
        },
        OddMachine(
            description: "a SATA disk in a hot-plug bay", verdicts: ["sda": system, "sdb": "writable"]
        ) {
            try installed($0); try $0.disk("sdb", Port.secondSATA, removable: true)
        },
        OddMachine(
            description: "an optical drive with a disc",
            verdicts: ["sda": system, "sr0": "[kind] is an optical drive: burn an .iso to it"]
        ) {
            try installed($0); try $0.disk("sr0", Port.secondSATA, removable: true, readOnly: true)
        },
        OddMachine(
            description: "a floppy drive is too small", verdicts: ["sda": system],
            unlisted: ["fd0": "[kind] is a floppy drive, too small for any media"]
        ) {
            try installed($0); try $0.disk("fd0", "platform/floppy.0", mebibytes: 1, removable: true)
        },
        OddMachine(
            description: "a RAID controller whose names have slashes",
            verdicts: ["cciss!c0d0": system, "cciss!c0d1": "fixed confirm(/dev/cciss/c0d1)"]
        ) {
            try $0.disk("cciss!c0d0", "pci0000:00/0000:04:00.0", contents: .dos)
            try $0.partition("cciss!c0d0p1", of: "cciss!c0d0", .fileSystem("ext3"))
            try $0.mount("cciss!c0d0p1", "/", "ext3")
            try $0.disk("cciss!c0d1", "pci0000:00/0000:04:00.0")
        },
        OddMachine(
            description: "a stick without serial number and disk sequence",
            verdicts: ["sda": system, "sdb": "writable"]
        ) {
            try installed($0)
            try $0.stick("sdb", serial: nil)
            try $0.removeSysfs("block/sdb/diskseq")
        },
        OddMachine(
            description: "a stick whose removable flag cannot be read, on a bus that nobody knows",
            verdicts: ["sda": system, "sdb": "fixed confirm(/dev/sdb)"]
        ) {
            try installed($0)
            try $0.disk("sdb", "platform/strange", removable: true)
            try $0.removeSysfs("block/sdb/removable")
        },
        OddMachine(
            description: "a ZFS volume and an LVM volume: only the former looks like a disk",
            verdicts: ["sda": system, "zd0": "fixed confirm(/dev/zd0)"]
        ) {
            try installed($0); try $0.virtual("zd0")
        },
        OddMachine(
            description: "a stick whose contents cannot be read",
            verdicts: ["sda": system, "sdb": "force(unknown contents (Permission denied))"]
        ) {
            try installed($0); try $0.stick("sdb", contents: DeviceContents(problem: "Permission denied"))
        },
    ]

    static let blind: [OddMachine] = [
        OddMachine(
            description: "mountinfo cannot be read",
            verdicts: [
                "sda": "[unknown] cannot be judged, because it is not known: what is mounted: "
                    + "PROC/self/mountinfo cannot be read & [system] holds the root file system",
                "sdb": "[unknown] cannot be judged, because it is not known: what is mounted: "
                    + "PROC/self/mountinfo cannot be read",
            ]
        ) {
            try installed($0); try $0.stick("sdb"); $0.withoutMountinfo = true
        },
        OddMachine(
            description: "mountinfo has a line that nobody understands",
            verdicts: [
                "sdb": "[unknown] cannot be judged, because it is not known: what is mounted: "
                    + "PROC/self/mountinfo is not as proc(5) describes it"
            ]
        ) {
            try $0.stick("sdb"); try $0.mount(nil, "/", "tmpfs"); $0.mountLine("12 1 8:x / / rw - ext4\n")
        },
        OddMachine(
            description: "who holds a stick cannot be read",
            verdicts: [
                "sda": system,
                "sdb": "[unknown] cannot be judged, because it is not known: what is built on sdb",
            ]
        ) {
            try installed($0); try $0.stick("sdb"); try $0.removeSysfs("block/sdb/holders")
        },
        OddMachine(
            description: "a stick's size is no number",
            verdicts: ["sda": system, "sdb": "[unknown] cannot be judged, because it is not known: the size of sdb"]
        ) {
            try installed($0); try $0.stick("sdb"); try $0.sysfs("block/sdb/size", "36028797018963968\n")
        },
        OddMachine(
            description: "a container whose layers are the host's, with a mounted and a free stick",
            verdicts: [
                "sda": "[system] holds /etc/hosts of the running system",
                "sdb": "[unknown] is mounted, and it cannot be seen from here on which drive the root file system lies",
                "sdc": "writable",
            ]
        ) {
            try $0.sata()
            try $0.partition("sda2", of: "sda", .fileSystem("ext4"))
            try $0.mount(nil, "/", "overlay", options: "rw,lowerdir=/var/lib/docker/l/A:/var/lib/docker/l/B")
            try $0.mount("sda2", "/etc/hosts", "ext4")
            try $0.stick("sdb")
            try $0.partition("sdb1", of: "sdb")
            try $0.mount("sdb1", "/mnt", "vfat")
            try $0.stick("sdc", Port.secondUSB)
        },
        OddMachine(
            description: "the root on a loop device whose file cannot be found, with a mounted and a free stick",
            verdicts: [
                "loop0": "[system] holds the root file system",
                "sdb": "[unknown] is mounted, and it cannot be seen from here on which drive the root file system lies",
                "sdc": "writable",
            ]
        ) {
            try $0.loop("loop0", file: "/gone/filesystem.squashfs")
            try $0.mount("loop0", "/", "squashfs")
            try $0.stick("sdb")
            try $0.mount("sdb", "/mnt", "vfat")
            try $0.stick("sdc", Port.secondUSB)
        },
        OddMachine(
            description: "a container that shows nothing of its host",
            verdicts: [
                "sdb": "[unknown] cannot be judged, because it cannot be seen from here on which drive "
                    + "the root file system lies"
            ]
        ) {
            try $0.stick("sdb"); try $0.mount(nil, "/", "overlay", options: "rw,lowerdir=/l/A")
        },
        OddMachine(
            description: "a swap device that sysfs does not have",
            verdicts: ["sdb": "[unknown] cannot be told apart from the swap device /dev/gone"]
        ) {
            try $0.stick("sdb"); try $0.mount(nil, "/", "tmpfs"); $0.swap("/dev/gone")
        },
        OddMachine(
            description: "swap on a node that was made anew since",
            verdicts: ["sdb": "[swap] holds swap in use (/dev/sdb1 (deleted))"]
        ) {
            try plainStick($0, .fileSystem("swap"))
            try $0.mount(nil, "/", "tmpfs")
            $0.swap("/dev/sdb1\\040(deleted)")
        },
        OddMachine(
            description: "a card of which nobody knows what it is", verdicts: ["mmcblk1": "fixed confirm(/dev/mmcblk1)"]
        ) {
            try $0.disk("mmcblk1", Port.card); try $0.mount(nil, "/", "tmpfs")
        },
        OddMachine(
            description: "a stick that somebody holds who cannot be seen",
            verdicts: [
                "sda": system,
                "sdb": "[inUse] is in use by something that cannot be seen from here, as another mount name space",
            ]
        ) {
            try installed($0); try $0.stick("sdb"); $0.claim("sdb")
        },
    ]

    static let protected: [OddMachine] = [
        OddMachine(
            description: "sources on one stick, an output that is yet to be made on another disk",
            verdicts: [
                "sda": system, "sdb": "[protected] holds /media/STICK/SCCMContentLib, which this command needs",
                "sdc": "[protected] holds /data/new/media.iso, which this command needs",
            ], protecting: ["/media/STICK/SCCMContentLib", "/data/new/media.iso"]
        ) {
            try installed($0)
            try plainStick($0)
            try $0.mount("sdb1", "/media/STICK", "vfat")
            $0.file("/media/STICK/SCCMContentLib/PkgLib/x")
            try $0.sata("sdc", Port.secondSATA)
            try $0.mount("sdc", "/data", "ext4")
        },
        OddMachine(
            description: "sources on a loop device on a stick, and the file of another loop device",
            verdicts: [
                "sda": "\(system) & [mapping] holds the file of loop1 (loop device on /tmp/other.img) & "
                    + "[protected] holds /tmp/other.img, which this command needs",
                "sdb":
                    "[mapping] holds the file of loop0 (loop device on /media/STICK/disk.img), mounted at /lib-img & "
                    + "[protected] holds /lib-img/x, which this command needs",
                "loop0": "[protected] holds /lib-img/x, which this command needs",
                "loop1": "[protected] is /tmp/other.img itself, which this command needs",
            ], protecting: ["/lib-img/x", "/tmp/other.img"]
        ) {
            try installed($0)
            try plainStick($0)
            try $0.mount("sdb1", "/media/STICK", "vfat")
            $0.file("/media/STICK/disk.img")
            try $0.loop("loop0", file: "/media/STICK/disk.img", contents: .fileSystem("ext4"))
            try $0.mount("loop0", "/lib-img", "ext4")
            $0.file("/lib-img/x")
            $0.file("/tmp/other.img")
            try $0.loop("loop1", file: "/tmp/other.img")
        },
        OddMachine(
            description: "sources that cannot be looked at",
            verdicts: [
                "sda":
                    "\(system) & [unknown] cannot be told apart from the drive of /secret, which cannot be looked at "
                    + "(Permission denied)",
                "sdb": "[unknown] cannot be told apart from the drive of /secret, which cannot be looked at "
                    + "(Permission denied)",
            ], protecting: ["/secret"]
        ) {
            try installed($0); try $0.stick("sdb"); $0.forbid("/secret")
        },
        OddMachine(
            description: "a drive named as a source",
            verdicts: ["sda": system, "sdb": "[protected] holds /dev/sdb1, which this command needs"],
            protecting: ["/dev/sdb1"]
        ) {
            try installed($0); try plainStick($0)
        },
    ]
}
