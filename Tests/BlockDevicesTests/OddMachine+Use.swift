// SPDX-License-Identifier: GPL-3.0-or-later

@testable import BlockDevices

extension OddMachine {
    static let ordinary: [OddMachine] = [
        OddMachine(
            description: "an empty stick beside the system disk",
            verdicts: ["sda": system, "sdb": "writable"]
        ) {
            try installed($0); try $0.stick("sdb")
        },
        OddMachine(
            description: "a stick with files that is not mounted", verdicts: ["sda": system, "sdb": stickWithFiles]
        ) {
            try installed($0); try plainStick($0)
        },
        OddMachine(
            description: "a stick that is mounted",
            verdicts: ["sda": system, "sdb": "\(stickWithFiles) unmount(/media/anna/STICK)"]
        ) {
            try installed($0)
            try plainStick($0)
            try $0.mount("sdb1", "/media/anna/STICK", "vfat")
        },
        OddMachine(
            description: "a stick mounted twice, once with a space and a line feed in the name",
            verdicts: ["sda": system, "sdb": "\(stickWithFiles) unmount(/mnt /media/MY \n\\STICK)"]
        ) {
            try installed($0)
            try plainStick($0)
            try $0.mount("sdb1", "/mnt", "vfat")
            try $0.mount("sdb1", "/media/MY\\040\\012\\134STICK", "vfat")
        },
        OddMachine(
            description: "a file system on the whole stick, without partitions",
            verdicts: ["sda": system, "sdb": "force(exfat \"BIG\") unmount(/run/media/anna/BIG)"]
        ) {
            try installed($0)
            try $0.stick("sdb", contents: .fileSystem("exfat", "BIG"))
            try $0.mount("sdb", "/run/media/anna/BIG", "exfat")
        },
        OddMachine(
            description: "a stick mounted by ntfs-3g, which has the device's number but another type",
            verdicts: ["sda": system, "sdb": "force(dos partition table: ntfs) unmount(/media/N)"]
        ) {
            try installed($0)
            try plainStick($0, .fileSystem("ntfs"))
            try $0.mount("sdb1", "/media/N", "fuseblk")
        },
        OddMachine(
            description: "an unused fixed disk", verdicts: ["sda": system, "sdb": "fixed confirm(S3Z1-sdb)"]
        ) {
            try installed($0); try $0.sata("sdb", Port.secondSATA, contents: DeviceContents())
        },
        OddMachine(
            description: "a fixed disk without a serial number", verdicts: ["vda": "fixed confirm(/dev/vda)"]
        ) {
            try $0.disk("vda", Port.virtio); try $0.mount(nil, "/", "tmpfs")
        },
    ]

    static let ofTheSystem: [OddMachine] = [
        OddMachine(
            description: "/home on a stick",
            verdicts: ["sda": system, "sdb": "[system] holds /home of the running system"]
        ) {
            try installed($0)
            try plainStick($0, .fileSystem("ext4"))
            try $0.mount("sdb1", "/home", "ext4")
        },
        OddMachine(
            description: "/boot/efi on a stick, the root on a disk",
            verdicts: ["sda": system, "sdb": "[system] holds /boot/efi of the running system"]
        ) {
            try installed($0)
            try plainStick($0)
            try $0.mount("sdb1", "/boot/efi", "vfat")
        },
        OddMachine(
            description: "a folder of the home directory, which is no system mount point",
            verdicts: ["sda": system, "sdb": "\(stickWithFiles) unmount(/home/anna/stick)"]
        ) {
            try installed($0)
            try plainStick($0)
            try $0.mount("sdb1", "/home/anna/stick", "vfat")
        },
        OddMachine(
            description: "a Debian live system on a stick",
            verdicts: [
                "sdb": "[system] holds the root file system and /run/live/medium, "
                    + "/run/live/rootfs/filesystem.squashfs & "
                    + "[mapping] holds the file of loop0 (loop device on /run/live/medium/live/filesystem.squashfs), "
                    + "mounted at /run/live/rootfs/filesystem.squashfs, /",
                "loop0": "[system] holds the root file system and /run/live/rootfs/filesystem.squashfs",
            ]
        ) {
            try $0.stick("sdb", contents: DeviceContents(partitionTable: "dos", fileSystem: "iso9660", label: "d-live"))
            try $0.partition("sdb1", of: "sdb", .fileSystem("iso9660"))
            try $0.mount("sdb1", "/run/live/medium", "iso9660")
            $0.file("/run/live/medium/live/filesystem.squashfs")
            try $0.loop("loop0", file: "/run/live/medium/live/filesystem.squashfs", contents: .fileSystem("squashfs"))
            try $0.mount("loop0", "/run/live/rootfs/filesystem.squashfs", "squashfs")
            try $0.mount(nil, "/run/live/overlay", "tmpfs")
            $0.file("/run/live/overlay/rw/x")
            $0.file("/run/live/overlay/work/x")
            try $0.mount(
                nil, "/", "overlay",
                options: "rw,noatime,lowerdir=/run/live/rootfs/filesystem.squashfs/,"
                    + "upperdir=/run/live/overlay/rw,workdir=/run/live/overlay/work")
        },
        OddMachine(
            description: "an Ubuntu live system, whose layers cannot be seen any more, with a second stick",
            verdicts: [
                "sdb": "[system] holds /cdrom of the running system & "
                    + "[mapping] holds the file of loop0 (loop device on /cdrom/casper/filesystem.squashfs)",
                "sdc": "writable", "loop0": "fixed confirm(/dev/loop0)",
            ]
        ) {
            try $0.mount(nil, "/", "overlay", options: "rw,lowerdir=/filesystem.squashfs,upperdir=/cow/upper")
            try $0.stick("sdb")
            try $0.partition("sdb1", of: "sdb", .fileSystem("iso9660"))
            try $0.mount("sdb1", "/cdrom", "iso9660")
            $0.file("/cdrom/casper/filesystem.squashfs")
            try $0.loop("loop0", file: "/cdrom/casper/filesystem.squashfs")
            try $0.stick("sdc", Port.secondUSB)
        },
        OddMachine(
            description: "a live system in memory whose stick is not mounted any more",
            verdicts: ["sdb": stickWithFiles]
        ) {
            try plainStick($0)
            try $0.mount(nil, "/run/live/overlay", "tmpfs")
            $0.file("/run/live/overlay/rw/x")
            try $0.mount(nil, "/", "overlay", options: "rw,lowerdir=/run/live/overlay/rw,upperdir=/run/live/overlay/rw")
        },
        OddMachine(
            description: "the root as an overlay over a read-only partition",
            verdicts: ["sda": "[system] holds the root file system", "sdb": "writable"]
        ) {
            try $0.sata()
            try $0.partition("sda1", of: "sda", .fileSystem("ext4"))
            try $0.mount("sda1", "/media/root-ro", "ext4")
            try $0.mount(nil, "/media/root-rw", "tmpfs")
            $0.file("/media/root-rw/overlay/x")
            $0.file("/media/root-rw/work\\,x")
            try $0.mount(nil, "/", "overlay", options: "rw,lowerdir=/media/root-ro,upperdir=/media/root-rw/overlay")
            try $0.stick("sdb")
        },
        OddMachine(
            description: "the root in LVM on opened encryption on NVMe",
            verdicts: [
                "nvme0n1": "[system] holds the root file system & [swap] holds swap in use (/dev/dm-2) & "
                    + "[mapping] is a part of dm-0 (opened encryption luks) & "
                    + "[mapping] is a part of dm-1 (LVM volume vg-root), mounted at / & "
                    + "[mapping] is a part of dm-2 (LVM volume vg-swap)"
            ],
            unlisted: ["dm-1": "[kind] is no drive but dm-1 (LVM volume vg-root), which is built on others"]
        ) {
            try $0.disk("nvme0n1", Port.nvme, contents: .gpt, attributes: ["device/serial": "N1", "device/model": "X"])
            try $0.partition("nvme0n1p3", of: "nvme0n1", .fileSystem("crypto_LUKS"))
            try $0.virtual(
                "dm-0", on: ["nvme0n1p3"], attributes: ["dm/uuid": "CRYPT-LUKS2-0-luks", "dm/name": "luks"])
            try $0.virtual("dm-1", on: ["dm-0"], attributes: ["dm/uuid": "LVM-abc", "dm/name": "vg-root"])
            try $0.virtual("dm-2", on: ["dm-0"], attributes: ["dm/uuid": "LVM-abd", "dm/name": "vg-swap"])
            try $0.mount("dm-1", "/", "ext4", source: "/dev/mapper/vg-root")
            $0.swap("/dev/dm-2")
        },
        OddMachine(
            description: "the root on a loop device on a USB disk",
            verdicts: [
                "sdb": "[system] holds the root file system & "
                    + "[mapping] holds the file of loop3 (loop device on /host/ubuntu/root.disk), mounted at /",
                "loop3": "[system] holds the root file system",
            ]
        ) {
            try plainStick($0, .fileSystem("ntfs"))
            try $0.mount("sdb1", "/host", "fuseblk")
            $0.file("/host/ubuntu/root.disk")
            try $0.loop("loop3", file: "/host/ubuntu/root.disk", contents: .fileSystem("ext4"))
            try $0.mount("loop3", "/", "ext4")
        },
        OddMachine(
            description: "the root on NFS", verdicts: ["sdb": stickWithFiles]
        ) {
            try plainStick($0); try $0.mount(nil, "/", "nfs4", source: "server:/root")
        },
    ]

    static let swapped: [OddMachine] = [
        OddMachine(
            description: "swap on a stick",
            verdicts: ["sda": system, "sdb": "[swap] holds swap in use (/dev/sdb1)"]
        ) {
            try installed($0)
            try plainStick($0, .fileSystem("swap"))
            $0.swap("/dev/sdb1")
        },
        OddMachine(
            description: "a swap file on a stick, with a space in its name",
            verdicts: [
                "sda": system, "sdb": "[swap] holds swap in use (/media/STICK/swap file)",
            ]
        ) {
            try installed($0)
            try plainStick($0)
            try $0.mount("sdb1", "/media/STICK", "ext4")
            $0.file("/media/STICK/swap file")
            $0.swap("/media/STICK/swap\\040file", isFile: true)
        },
        OddMachine(
            description: "swap on zram", verdicts: ["sda": system, "sdb": "writable"],
            unlisted: ["zram0": "[kind] is memory, not a drive", "ram0": "[kind] is memory, not a drive"]
        ) {
            try installed($0)
            try $0.stick("sdb")
            try $0.virtual("zram0", contents: .fileSystem("swap"))
            try $0.virtual("ram0")
            $0.swap("/dev/zram0")
        },
    ]
}
