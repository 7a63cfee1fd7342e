// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import BlockDevices

@Suite("Tables of the kernel")
struct KernelTableTests {
    @Test("a line of mountinfo has any number of optional fields")
    func mounts() throws {
        let text = """
            36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 propagate_from:2 - ext3 /dev/root rw,errors=continue
            37 36 0:21 / /proc rw - proc proc rw
            38 36 0:22 / /empty rw - tmpfs  rw
            """
        let mounts = try #require(MountTable(Array(text.utf8))).mounts
        #expect(mounts.map(\.number) == [36, 37, 38])
        #expect(mounts[0].device == DeviceNumber(major: 98, minor: 0) && mounts[0].mountPoint == "/mnt 2")
        #expect(mounts[0].fileSystem == "ext3" && mounts[0].source == "/dev/root")
        #expect(mounts[2].source == "")
    }

    @Test(
        "a table that is cut off or not as documented is not half understood",
        arguments: [
            "36 35 98:0 / /mnt rw - ext4", "36 35 98:0 / /mnt rw ext4 /dev/sda rw x", "x 35 98:0 / /mnt rw - ext4 a rw",
            "36 35 98 / /mnt rw - ext4 a rw", "36", "37 36 0:21 / /proc rw - proc proc rw\n36 35 98:0 / /mnt r",
        ])
    func damagedMounts(_ text: String) { #expect(MountTable(Array(text.utf8)) == nil) }

    @Test(
        "escapes stand for bytes, and what is none stays",
        arguments: [
            ("a\\040b", "a b"), ("\\134040", "\\040"), ("\\12", "\\12"), ("\\", "\\"), ("\\999", "\\999"),
            ("\\303\\244", "ä"), ("", ""),
        ])
    func escapes(_ escaped: String, _ text: String) { #expect(KernelText.text(escaped.utf8) == text) }

    @Test("a path that is no UTF-8 keeps its bytes")
    func bytes() {
        let path = KernelText.path(Array("/mnt/\\377x".utf8))
        #expect(
            path.withPlatformString { Array(UnsafeBufferPointer(start: $0, count: 7)) }.last == CChar(UInt8(ascii: "x"))
        )
        #expect(path.withPlatformString { $0[5] } == CChar(bitPattern: 0xFF))
    }

    @Test("swap entries are files or partitions; a damaged table is no table")
    func swaps() {
        let header = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
        let table = SwapTable(Array("\(header)/dev/sda2   partition\t1\t0\t-2\n/a\\040b file\t\t1\t\t0\t\t-3\n".utf8))
        #expect(table?.entries == [.init(path: "/dev/sda2", isFile: false), .init(path: "/a b", isFile: true)])
        #expect(SwapTable(Array(header.utf8))?.entries == [])
        #expect(SwapTable([])?.entries == [])
        #expect(SwapTable(Array("\(header)/dev/sda2\n".utf8)) == nil)
    }

    @Test("the layers of an overlay are found, with colons and commas in their names")
    func layers() throws {
        func layers(_ options: String) throws -> [FilePath] {
            let line = "36 35 0:50 / / rw - overlay overlay \(options)\n"
            return try #require(MountTable(Array(line.utf8))?.mounts.first).layers
        }
        #expect(try layers("rw,lowerdir=/a:/b,upperdir=/c,workdir=/w") == ["/a", "/b", "/c", "/w"])
        #expect(try layers("lowerdir=/a::/data") == ["/a", "/data"])
        #expect(try layers("lowerdir=/a\\134:b\\054c:/d") == ["/a:b,c", "/d"])
        #expect(try layers("lowerdir+=/a:b,lowerdir+=/c,datadir+=/d") == ["/a:b", "/c", "/d"])
        #expect(try layers("rw") == [])
    }

    @Test("device numbers are those of glibc and of sysfs")
    func numbers() {
        #expect(DeviceNumber(dev: 0x0801) == DeviceNumber(major: 8, minor: 1))
        // gnu_dev_makedev(0x12345, 0xabcde)
        #expect(DeviceNumber(dev: 0x12000_abc345de) == DeviceNumber(major: 0x12345, minor: 0xABCDE))
        #expect(DeviceNumber("259:12") == DeviceNumber(major: 259, minor: 12))
        for text in ["", "8", "8:", ":1", "8:1:2", "8:-1", "8:4294967296", "a:b"] { #expect(DeviceNumber(text) == nil) }
    }

    @Test(
        "what belongs to the system is told by the mount point",
        arguments: [
            ("/", true), ("/boot", true), ("/boot/efi", true), ("/home", true), ("/home/anna/x", false), ("/usr", true),
            ("/var/lib/docker", true), ("/var/tmp/x", false), ("/tmp", true), ("/tmp/x", false), ("/mnt", false),
            ("/media/anna/STICK", false), ("/run/media/anna/STICK", false), ("/run/live/medium", true),
            ("/cdrom", true), ("/bootx", false), ("/usrlocal", false), ("/run/user/1000/x", false), ("/opt", true),
            ("/opt/x", false),
        ])
    func systemMountPoints(_ path: FilePath, _ isSystem: Bool) { #expect(SystemMountPoints.contains(path) == isSystem) }
}
