// SPDX-License-Identifier: GPL-3.0-or-later

@testable import BlockDevices

extension OddMachine {
    static let stacked: [OddMachine] = [
        OddMachine(
            description: "LVM on a stick, in use",
            verdicts: ["sda": system, "sdb": "[mapping] is a part of dm-0 (LVM volume stick-data), mounted at /mnt"]
        ) {
            try installed($0)
            try plainStick($0, .fileSystem("LVM2_member"))
            try $0.virtual("dm-0", on: ["sdb1"], attributes: ["dm/uuid": "LVM-x", "dm/name": "stick-data"])
            try $0.mount("dm-0", "/mnt", "ext4")
        },
        OddMachine(
            description: "LVM on a stick, not in use",
            verdicts: ["sda": system, "sdb": "force(dos partition table: LVM2_member)"]
        ) {
            try installed($0); try plainStick($0, .fileSystem("LVM2_member"))
        },
        OddMachine(
            description: "opened encryption on a whole stick",
            verdicts: ["sda": system, "sdb": "[mapping] is a part of dm-0 (opened encryption secret)"]
        ) {
            try installed($0)
            try $0.stick("sdb", contents: .fileSystem("crypto_LUKS"))
            try $0.virtual("dm-0", on: ["sdb"], attributes: ["dm/uuid": "CRYPT-LUKS2-x", "dm/name": "secret"])
        },
        OddMachine(
            description: "software RAID over a disk and a stick",
            verdicts: [
                "sda": "[system] holds the root file system & [mapping] is a part of md0 (software RAID), mounted at /",
                "sdb": "[system] holds the root file system & [mapping] is a part of md0 (software RAID), mounted at /",
            ], unlisted: ["md0": "[kind] is no drive but md0 (software RAID), which is built on others"]
        ) {
            try $0.sata()
            try $0.partition("sda1", of: "sda", .fileSystem("linux_raid_member"))
            try plainStick($0, .fileSystem("linux_raid_member"))
            try $0.virtual("md0", on: ["sda1", "sdb1"], attributes: ["md/array_state": "clean"])
            try $0.mount("md0", "/", "ext4")
        },
        OddMachine(
            description: "an inactive array that only mdstat knows",
            verdicts: ["sda": system, "sdb": "[mapping] is a part of md127 (software RAID, inactive)"]
        ) {
            try installed($0)
            try plainStick($0, .fileSystem("linux_raid_member"))
            try $0.virtual("md127", attributes: ["md/array_state": "inactive"], mebibytes: 0, isLinked: false)
            try $0.procfs(
                "mdstat", "Personalities :\nmd127 : inactive sdb1[0](S)\n      1 blocks\n\nunused devices: <none>\n")
        },
        OddMachine(
            description: "an inactive array of which sysfs has only the holder's name",
            verdicts: ["sda": system, "sdb": "[mapping] is a part of md126"]
        ) {
            try installed($0)
            try plainStick($0, .fileSystem("linux_raid_member"))
            try $0.unknownHolder("md126", of: "sdb1")
        },
        OddMachine(
            description: "two paths of one multipath drive",
            verdicts: [
                "sda": system, "sdc": "[mapping] is a part of dm-0 (multipath drive mpatha)",
                "sdd": "[mapping] is a part of dm-0 (multipath drive mpatha)",
            ]
        ) {
            try installed($0)
            try $0.sata("sdc", Port.secondSATA, contents: .fileSystem("mpath_member"))
            try $0.disk("sdd", Port.iSCSI)
            try $0.virtual("dm-0", on: ["sdc", "sdd"], attributes: ["dm/uuid": "mpath-36", "dm/name": "mpatha"])
        },
        OddMachine(
            description: "LVM on software RAID on partitions",
            verdicts: [
                "sda": system,
                "sdc": "[mapping] is a part of md1 (software RAID) & "
                    + "[mapping] is a part of dm-5 (LVM volume vg-data), mounted at /data",
            ]
        ) {
            try installed($0)
            try $0.sata("sdc", Port.secondSATA)
            try $0.partition("sdc1", of: "sdc")
            try $0.partition("sdc2", of: "sdc")
            try $0.virtual("md1", on: ["sdc1", "sdc2"])
            try $0.virtual("dm-5", on: ["md1"], attributes: ["dm/uuid": "LVM-q", "dm/name": "vg-data"])
            try $0.mount("dm-5", "/data", "xfs")
        },
        OddMachine(
            description: "bcache on a stick",
            verdicts: ["sda": system, "sdb": "[mapping] is a part of bcache0 (bcache)"],
            unlisted: ["bcache0": "[kind] is no drive but bcache0 (bcache), which is built on others"]
        ) {
            try installed($0)
            try plainStick($0, .fileSystem("bcache"))
            try $0.virtual("bcache0", on: ["sdb1"])
        },
        OddMachine(
            description: "a bcache member that waits for its other part",
            verdicts: ["sda": system, "sdb": "[mapping] is registered with bcache"]
        ) {
            try installed($0)
            try plainStick($0, .fileSystem("bcache"))
            try $0.sysfs("block/sdb/sdb1/bcache/state", "no cache\n")
        },
        OddMachine(
            description: "DRBD on a fixed disk",
            verdicts: ["sda": system, "sdc": "[mapping] is a part of drbd0 (DRBD), mounted at /srv/data"]
        ) {
            try installed($0)
            try $0.sata("sdc", Port.secondSATA)
            try $0.partition("sdc1", of: "sdc", .fileSystem("drbd"))
            try $0.virtual("drbd0", on: ["sdc1"])
            try $0.mount("drbd0", "/srv/data", "ext4")
        },
        OddMachine(
            description: "Ventoy's mapping over the stick it started from",
            verdicts: [
                "sdb": "[system] holds /run/live/medium of the running system & "
                    + "[mapping] is a part of dm-0 (device mapper ventoy), mounted at /run/live/medium"
            ]
        ) {
            try plainStick($0)
            try $0.virtual("dm-0", on: ["sdb1"], attributes: ["dm/name": "ventoy"])
            try $0.mount("dm-0", "/run/live/medium", "iso9660")
            try $0.mount(nil, "/", "tmpfs")
        },
    ]

    static let pooled: [OddMachine] = [
        OddMachine(
            description: "a stick of an imported zpool",
            verdicts: ["sda": system, "sdb": "[pool] holds a part of the imported zpool tank"]
        ) {
            try installed($0)
            try plainStick($0, .fileSystem("zfs_member", "tank"))
            try $0.procFolder("spl/kstat/zfs/tank")
        },
        OddMachine(
            description: "a stick of a zpool whose label nobody can read, while some zpool is imported",
            verdicts: ["sda": system, "sdb": "[pool] holds a part of the imported zpool"]
        ) {
            try installed($0)
            try plainStick($0, .fileSystem("zfs_member"))
            try $0.procFolder("spl/kstat/zfs/tank")
        },
        OddMachine(
            description: "a stick of a zpool whose label nobody can read, while none is imported",
            verdicts: ["sda": system, "sdb": "force(dos partition table: zfs_member)"]
        ) {
            try installed($0)
            try plainStick($0, .fileSystem("zfs_member"))
        },
        OddMachine(
            description: "a stick of a zpool that is not imported",
            verdicts: ["sda": system, "sdb": "force(dos partition table: zfs_member \"tank\")"]
        ) {
            try installed($0)
            try plainStick($0, .fileSystem("zfs_member", "tank"))
            try $0.procFolder("spl/kstat/zfs/other")
        },
        OddMachine(
            description: "btrfs over two sticks, of which mountinfo names one",
            verdicts: [
                "sda": system, "sdb": "[pool] holds a part of a btrfs file system in use on sdb1, sdc",
                "sdc": "[pool] holds a part of a btrfs file system in use on sdb1, sdc",
            ]
        ) {
            try installed($0)
            try plainStick($0, .fileSystem("btrfs"))
            try $0.stick("sdc", Port.secondUSB, contents: .fileSystem("btrfs"))
            try $0.mount("sdb1", "/media/pool", "btrfs", anonymous: 45)
            for device in ["sdb1", "sdc"] { try $0.sysfs("fs/btrfs/0b1c/devices/\(device)") }
        },
        OddMachine(
            description: "btrfs on one stick, mounted",
            verdicts: ["sda": system, "sdb": "force(dos partition table: btrfs) unmount(/media/b)"]
        ) {
            try installed($0)
            try plainStick($0, .fileSystem("btrfs"))
            try $0.mount("sdb1", "/media/b", "btrfs", anonymous: 46)
            try $0.sysfs("fs/btrfs/0b1d/devices/sdb1")
        },
        OddMachine(
            description: "btrfs on one stick, mounted where it cannot be seen",
            verdicts: ["sda": system, "sdb": "[pool] holds a btrfs file system in use that is not mounted here"]
        ) {
            try installed($0)
            try plainStick($0, .fileSystem("btrfs"))
            try $0.sysfs("fs/btrfs/0b1d/devices/sdb1")
        },
        OddMachine(
            description: "the root on btrfs over two disks",
            verdicts: [
                "sda": "\(system) and /home & [pool] holds a part of a btrfs file system in use on sda2, sdb2",
                "sdb": "\(system) and /home & [pool] holds a part of a btrfs file system in use on sda2, sdb2",
                "sdc": "writable",
            ]
        ) {
            try $0.sata()
            try $0.partition("sda2", of: "sda", .fileSystem("btrfs"))
            try $0.sata("sdb", Port.secondSATA)
            try $0.partition("sdb2", of: "sdb", .fileSystem("btrfs"))
            try $0.mount("sda2", "/", "btrfs", options: "rw,subvol=/@", anonymous: 30)
            try $0.mount("sda2", "/home", "btrfs", options: "rw,subvol=/@home", anonymous: 31)
            for device in ["sda2", "sdb2"] { try $0.sysfs("fs/btrfs/77/devices/\(device)") }
            try $0.stick("sdc")
        },
        OddMachine(
            description: "bcachefs over two sticks",
            verdicts: [
                "sda": system, "sdb": "force(bcachefs) unmount(/media/c)", "sdc": "force(bcachefs) unmount(/media/c)",
            ]
        ) {
            try installed($0)
            try $0.stick("sdb", contents: .fileSystem("bcachefs"))
            try $0.stick("sdc", Port.secondUSB, contents: .fileSystem("bcachefs"))
            try $0.mount("sdb", "/media/c", "bcachefs", source: "/dev/sdb:/dev/sdc", anonymous: 50)
        },
    ]

    static let looped: [OddMachine] = [
        OddMachine(
            description: "a loop device on a file on a stick",
            verdicts: [
                "sda": system, "sdb": "[mapping] holds the file of loop0 (loop device on /media/STICK/disk.img)",
                "loop0": "fixed confirm(/dev/loop0) force(gpt partition table)",
            ]
        ) {
            try installed($0)
            try plainStick($0)
            try $0.mount("sdb1", "/media/STICK", "vfat")
            $0.file("/media/STICK/disk.img")
            try $0.loop("loop0", file: "/media/STICK/disk.img", contents: .gpt)
        },
        OddMachine(
            description: "loop devices without files are no drives", verdicts: ["sda": system],
            unlisted: ["loop1": "[noMedium] has no file attached"]
        ) {
            try installed($0); try $0.virtual("loop1", mebibytes: 0)
        },
        OddMachine(
            description: "a loop device that is mounted",
            verdicts: [
                "sda":
                    "\(system) & [mapping] holds the file of loop0 (loop device on /tmp/disk.img), mounted at /tmp/x",
                "loop0": "fixed confirm(/dev/loop0) force(ext4) unmount(/tmp/x)",
            ]
        ) {
            try installed($0)
            $0.file("/tmp/disk.img")
            try $0.loop("loop0", file: "/tmp/disk.img", contents: .fileSystem("ext4"))
            try $0.mount("loop0", "/tmp/x", "ext4")
        },
    ]
}
