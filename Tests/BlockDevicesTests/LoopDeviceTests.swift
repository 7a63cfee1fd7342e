// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import BlockDevices

@Suite("Loop devices", .serialized, .enabled(if: LoopDevice.isPossible, "\(LoopDevice.reason)"))
struct LoopDeviceTests {
    private let devices = BlockDevices()
    private let allConsents = Consents(allowFixedDisk: true, force: true, unmount: true)

    // MARK: What it is

    @Test("a loop device is a fixed disk without a serial number")
    func facts() throws {
        let loop = try LoopDevice()
        let device = try loop.device()
        #expect(device.node == loop.node)
        #expect(device.kind == .loop && device.bus == .loop && device.isFixed)
        #expect(device.byteCount == 64 << 20 && device.logicalSectorByteCount == 512)
        #expect(device.serial == nil && device.diskSequence != nil)
        #expect(device.backingFile == loop.image)
        #expect(device.contents.isBlank)
        #expect(try devices.all().contains { $0.node == loop.node })
        let expected = "fixed confirm(\(loop.node))"
        #expect(devices.verdict(on: device).words == expected)
        loop.detach()
        #expect(try !devices.all().contains { $0.node == loop.node })
        #expect(devices.verdict(on: device).refusals.map(\.code) == [.changed])
    }

    @Test("sectors of 4096 bytes are seen")
    func sectors() throws {
        let loop = try LoopDevice(options: ["--sector-size", "4096"])
        let device = try loop.device()
        #expect(device.logicalSectorByteCount == 4096)
        let drive = try devices.open(device)
        try drive.close()
    }

    @Test("a write-protected drive is refused, and not opened")
    func readOnly() throws {
        let loop = try LoopDevice(options: ["--read-only"])
        let device = try loop.device()
        #expect(devices.verdict(on: device).refusals.map(\.code) == [.readOnly])
        let error = #expect(throws: DeviceError.self) { try devices.open(device) }
        #expect(error?.code == .refused || error?.code == .notPermitted)
    }

    // MARK: Names

    @Test("a link leads to its drive")
    func link() throws {
        let loop = try LoopDevice()
        let link = loop.folder.appending("by-id")
        try Program.succeed("ln", ["-s", loop.node.string, link.string])
        #expect(try devices.resolve(link).node == loop.node)
    }

    @Test("a node of another name leads to its drive, by its number")
    func otherNode() throws {
        let loop = try LoopDevice()
        let number = try loop.device().deviceNumber
        let node = loop.folder.appending("null")
        try Program.succeed("mknod", [node.string, "b", "\(number.major)", "\(number.minor)"])
        #expect(try devices.resolve(node).name == loop.device().name)
    }

    @Test("what is no whole drive is refused, and the error says what to do")
    func notADrive() throws {
        let loop = try LoopDevice(prepare: LoopDevice.makePartition)
        let partition = try loop.addPartition()
        let device = try loop.device()
        #expect(device.partitions.map(\.node) == [partition])
        #expect(device.contents.partitionTable == "dos")
        for path in [partition, loop.image, loop.folder.path, FilePath("/dev/null")] {
            let error = #expect(throws: DeviceError.self) { try devices.resolve(path) }
            #expect(error?.code == .notADrive && error?.failureClass == .refused && error?.nextStep != nil)
        }
        let error = #expect(throws: DeviceError.self) { try devices.resolve(loop.folder.appending("missing")) }
        #expect(error?.failureClass == .notFound)
    }

    // MARK: What is on it

    @Test("a file system is seen with its label")
    func fileSystem() throws {
        let loop = try LoopDevice(prepare: LoopDevice.makeExt4)
        let device = try loop.device()
        #expect(device.contents.words == "ext4 \"STICK\"")
        #expect(devices.verdict(on: device).words == "fixed confirm(\(loop.node)) force(ext4 \"STICK\")")
    }

    @Test("a drive that holds the sources is refused, and so is the one whose file is a source")
    func protection() throws {
        let outer = try LoopDevice(mebibytes: 128, prepare: LoopDevice.makeExt4)
        let place = try outer.mount()
        let inner = try LoopDevice(mebibytes: 16)
        let device = try outer.device()
        let verdict = devices.verdict(on: device, protecting: [place.appending("new/media.iso")])
        #expect(verdict.refusals.map(\.code) == [.protected])
        let refusals = devices.verdict(on: try inner.device(), protecting: [inner.image]).refusals
        #expect(refusals.map(\.code) == [.protected])
    }

    @Test("a drive with the file of another loop device is refused")
    func nestedLoop() throws {
        let outer = try LoopDevice(mebibytes: 128, prepare: LoopDevice.makeExt4)
        let image = try outer.mount().appending("inner.img")
        try LoopDevice.makeImage(image, mebibytes: 16)
        let node = try Program.succeed("losetup", ["--find", "--show", image.string]).output
            .trimmingTrailing(\.isWhitespace)
        defer { _ = try? Program.run("losetup", ["--detach", node]) }
        #expect(devices.verdict(on: try outer.device()).refusals.map(\.code) == [.mapping])
        #expect(devices.verdict(on: try devices.resolve(FilePath(node))).refusals.isEmpty)
    }

    @Test("both drives of a mounted btrfs over two are refused")
    func btrfs() throws {
        let folder = try TestFolder()
        let first = try LoopDevice(mebibytes: 256, in: folder, name: "1.img")
        let second = try LoopDevice(mebibytes: 256, in: folder, name: "2.img")
        try Program.succeed("mkfs.btrfs", ["-q", "-f", first.node.string, second.node.string])
        #expect(devices.verdict(on: try second.device()).refusals.isEmpty)
        try first.mount()
        for loop in [first, second] {
            #expect(devices.verdict(on: try loop.device()).refusals.map(\.code) == [.pool])
        }
    }

    @Test("the disk that the running system is on is refused")
    func root() throws {
        let root = try SystemFacts.lookUp("/").fileSystem
        let machine = try Machine(DeviceEnvironment())
        // The root may lie on no device at all, as in a container.
        guard let node = machine.node(root) else { return }
        for name in machine.foundation(of: node.name) {
            guard let disk = machine.disks.first(where: { $0.name == name }) else { continue }
            let codes = devices.verdict(on: machine.device(disk)).refusals.map(\.code)
            #expect(codes.contains(.system) || codes.contains(.kind))
        }
    }

    // MARK: Mounted

    @Test("a mounted drive is not opened before it is unmounted, wherever it is mounted")
    func unmounting() throws {
        let loop = try LoopDevice(prepare: LoopDevice.makeExt4)
        let places =
            [try loop.mount(), try loop.mount(at: "with space\nand \\ line")]
            + [try loop.mount(loop.folder.appending("mount"), options: ["--bind"])]
        let device = try loop.device()
        #expect(device.mountPoints == places)
        #expect(devices.verdict(on: device).demands.contains(.unmount(places)))
        let error = #expect(throws: DeviceError.self) { try devices.open(device) }
        #expect(error?.code == .inUse && error?.description.contains("\(places[0])") == true)
        try devices.unmount(device)
        #expect(try loop.device().mountPoints.isEmpty)
        try devices.open(device).close()
    }

    @Test("a mount that is used is not taken away, and the error names who uses it")
    func busyMount() throws {
        let loop = try LoopDevice(prepare: LoopDevice.makeExt4)
        let point = try loop.mount()
        let device = try loop.device()
        let sleeper = try RunningProgram(
            "/bin/sleep", ["600"], environment: [:], folder: point, work: loop.folder.appending("sleep"))
        defer {
            sleeper.send(SIGKILL)
            _ = try? sleeper.waitForEnd()
        }
        try sleeper.waitUntilAsleep()
        let error = #expect(throws: DeviceError.self) { try devices.unmount(device) }
        #expect(error?.code == .inUse && error?.description.contains("(sleep)") == true)
        #expect(try loop.device().mountPoints == [point])
    }

    @Test("a mount below it is named")
    func nestedMount() throws {
        let loop = try LoopDevice(prepare: LoopDevice.makeExt4)
        let point = try loop.mount()
        let inner = point.appending("inner")
        try Folder.create(inner)
        try Program.succeed("mount", ["-t", "tmpfs", "none", inner.string])
        defer { _ = try? Program.run("umount", [inner.string]) }
        let error = #expect(throws: DeviceError.self) { try devices.unmount(try loop.device()) }
        #expect(error?.description.contains("the mount at \(inner)") == true)
    }

    @Test("a mount in another name space is found out, and the drive refused")
    func otherNamespace() throws {
        let loop = try LoopDevice(prepare: LoopDevice.makeExt4)
        let point = loop.folder.appending("elsewhere")
        try Folder.create(point)
        let other = try RunningProgram(
            "/usr/bin/unshare",
            ["--mount", "sh", "-c", "mount \(loop.node) \(point) && echo mounted >&2 && exec sleep 600"],
            environment: [:], folder: loop.folder.path, work: loop.folder.appending("unshare"))
        defer {
            other.send(SIGKILL)
            _ = try? other.waitForEnd()
        }
        try #require(try other.wait { try other.errorText().contains("mounted") })
        let device = try loop.device()
        #expect(device.mountPoints.isEmpty)
        let verdict = devices.verdict(on: device)
        #expect(verdict.refusals.map(\.code) == [.inUse])
        #expect(verdict.words.contains("\(point)"))
        let error = #expect(throws: DeviceError.self) { try devices.open(device) }
        #expect(error?.code == .inUse && error?.description.contains("\(point)") == true)
    }

    // MARK: Opened

    @Test("a drive that was exchanged for one of another size is not opened")
    func otherSize() throws { try exchange(mebibytes: 65) }

    @Test("a drive that was exchanged for one of the same size is not opened")
    func sameSize() throws { try exchange(mebibytes: 64) }

    private func exchange(mebibytes: Int) throws {
        let loop = try LoopDevice()
        let device = try loop.device()
        let other = loop.folder.appending("other.img")
        try LoopDevice.makeImage(other, mebibytes: mebibytes)
        loop.detach()
        try loop.attach(other)
        let error = #expect(throws: DeviceError.self) { try devices.open(device) }
        #expect(error?.code == .changed && error?.failureClass == .refused)
        #expect(devices.verdict(on: device).refusals.map(\.code) == [.changed])
    }

    @Test("a node that leads to another drive than before is not opened")
    func otherNodeSameName() throws {
        let (first, second) = (try LoopDevice(), try LoopDevice())
        let link = first.folder.appending("link")
        try Program.succeed("ln", ["-s", first.node.string, link.string])
        let device = try devices.resolve(link)
        let error = #expect(throws: DeviceError.self) {
            try devices.open(try second.device(), expecting: device.identity)
        }
        #expect(error?.code == .changed)
    }

    @Test("a drive whose serial number changed between check and opening, or since, is not written")
    func otherSerial() throws {
        let loop = try LoopDevice()
        let plain = try loop.device()
        var environment = DeviceEnvironment()
        environment.run = loop.folder.appending("run")
        let record = environment.run.appending("data/b\(plain.deviceNumber)")
        try Folder.create(environment.run.appending("data"))
        func remember(_ serial: String?) throws {
            let line = serial.map { "E:ID_SERIAL_SHORT=\($0)\n" } ?? ""
            try Program.succeed("tee", [record.string], input: Array(line.utf8))
        }
        try remember("ONE")
        let devices = BlockDevices(environment)
        let device = try devices.resolve(loop.node)
        #expect(device.serial == "ONE")
        for (serial, words) in [("TWO", "is TWO, not ONE"), (nil, "is missing, not ONE")] as [(String?, String)] {
            try remember(serial)
            let error = #expect(throws: DeviceError.self) { try devices.open(device) }
            #expect(error?.code == .changed && error?.problem.contains(words) == true, "\(String(describing: error))")
            #expect(devices.verdict(on: device).refusals.map(\.code) == [.changed])
        }
        try remember("ONE")
        let drive = try devices.open(device)
        try remember("TWO")
        let error = #expect(throws: DeviceError.self) { try drive.checkIdentity() }
        #expect(error?.code == .changed)
        try drive.close()
    }

    @Test("each fact by which a drive is known tells it from another, in words")
    func differences() {
        func identity(
            _ number: UInt32 = 1, _ serial: String? = "S", _ byteCount: Int64 = 100, _ sector: Int = 512,
            _ sequence: UInt64? = 7
        ) -> DeviceIdentity {
            DeviceIdentity(
                deviceNumber: DeviceNumber(major: 8, minor: number), serial: serial, byteCount: byteCount,
                logicalSectorByteCount: sector, diskSequence: sequence)
        }
        #expect(identity().difference(from: identity()) == nil)
        for (other, word) in [
            (identity(2), "number"), (identity(1, "T"), "serial"), (identity(1, nil), "serial"),
            (identity(1, "S", 101), "bytes"), (identity(1, "S", 100, 4096), "sectors"),
            (identity(1, "S", 100, 512, 8), "medium"), (identity(1, "S", 100, 512, nil), "medium"),
        ] {
            #expect(identity().difference(from: other)?.contains(word) == true, "\(word)")
        }
    }

    @Test("an open drive is nobody else's, and says so until it is closed")
    func exclusive() throws {
        let loop = try LoopDevice()
        let device = try loop.device()
        let drive = try devices.open(device)
        #expect(devices.verdict(on: device).refusals.map(\.code) == [.inUse])
        let error = #expect(throws: DeviceError.self) { try devices.open(device) }
        #expect(error?.code == .inUse)
        #expect(try Program.run("mount", [loop.node.string, "/mnt"]).status != 0)
        #expect(try Program.run("flock", ["--nonblock", loop.node.string, "true"]).status == 1)
        try drive.checkIdentity()
        try drive.close()
        #expect(devices.verdict(on: device).refusals.isEmpty)
        try devices.open(device).close()
    }

    @Test("a drive that another program writes is refused, though it did not ask to be alone; one that is read is not")
    func writer() throws {
        let loop = try LoopDevice()
        for (redirection, isRefused) in [("3<>", true), ("3<", false)] {
            let other = try RunningProgram(
                "/bin/sh", ["-c", "exec \(redirection)\(loop.node); echo open >&2; exec sleep 600"], environment: [:],
                folder: loop.folder.path, work: loop.folder.appending("writer-\(isRefused)"))
            defer {
                other.send(SIGKILL)
                _ = try? other.waitForEnd()
            }
            try #require(try other.wait { try other.errorText().contains("open") })
            try other.waitUntilAsleep()
            let verdict = devices.verdict(on: try loop.device())
            #expect(verdict.refusals.map(\.code) == (isRefused ? [.inUse] : []))
            #expect(verdict.words.contains("(sleep)") == isRefused)
        }
    }

    @Test("a drive whose node is locked is refused, with who locked it")
    func locked() throws {
        let loop = try LoopDevice()
        let locker = try RunningProgram(
            "/usr/bin/flock", ["--no-fork", loop.node.string, "sh", "-c", "echo locked >&2; exec sleep 600"],
            environment: [:], folder: loop.folder.path, work: loop.folder.appending("flock"))
        defer {
            locker.send(SIGKILL)
            _ = try? locker.waitForEnd()
        }
        try #require(try locker.wait { try locker.errorText().contains("locked") })
        let error = #expect(throws: DeviceError.self) { try devices.open(try loop.device()) }
        #expect(error?.code == .inUse && error?.description.contains("process ") == true)
    }

    @Test("what was written is seen at once, by others too, and partitions as the kernel reads them")
    func partitions() throws {
        let folder = try TestFolder()
        // What this kernel makes of the same table: it may know no partition tables at all.
        let model = try LoopDevice(mebibytes: 4, options: ["--partscan"], in: folder, prepare: LoopDevice.makePartition)
        let loop = try LoopDevice(mebibytes: 4, options: ["--partscan"], in: folder, name: "empty.img")
        let device = try loop.device()
        #expect(device.contents.isBlank)
        let drive = try devices.open(device)
        let table = try SmallFile.read(model.image, limit: 4 << 20)[..<4096]
        let written = try withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 4096) { buffer in
            buffer.copyBytes(from: table)
            return try drive.descriptor.writeAll(toAbsoluteOffset: 0, UnsafeRawBufferPointer(buffer))
        }
        #expect(written == 4096)
        try drive.checkIdentity()
        try drive.flushBuffers()
        try drive.rereadPartitionTable()
        try drive.close()
        let after = try loop.device()
        #expect(after.contents.partitionTable == "dos")
        #expect(after.partitions.map(\.number) == (try model.device()).partitions.map(\.number))
        #expect(try Program.run("sfdisk", ["--verify", loop.node.string]).status == 0)
        #expect(try Program.succeed("blkid", ["-p", loop.node.string]).output.contains("PTTYPE=\"dos\""))
    }

    @Test("a mounted partition keeps the whole drive from being opened, and is unmounted")
    func mountedPartition() throws {
        let loop = try LoopDevice(prepare: LoopDevice.makePartition)
        let partition = try loop.addPartition()
        try LoopDevice.makeExt4(partition)
        let point = try loop.mount(partition)
        let device = try loop.device()
        #expect(device.partitions.first?.contents.words == "ext4 \"STICK\"")
        let words = "fixed confirm(\(loop.node)) force(dos partition table: ext4 \"STICK\") unmount(\(point))"
        #expect(devices.verdict(on: device).words == words)
        let error = #expect(throws: DeviceError.self) { try devices.open(device) }
        #expect(error?.code == .inUse)
        try devices.unmount(device)
        try devices.open(device).close()
    }

    @Test("a drive that is swapped to is refused")
    func swap() throws {
        let loop = try LoopDevice()
        try Program.succeed("mkswap", [loop.node.string])
        try Program.succeed("swapon", [loop.node.string])
        defer { _ = try? Program.run("swapoff", [loop.node.string]) }
        #expect(devices.verdict(on: try loop.device()).refusals.map(\.code) == [.swap])
    }

    @Test("a drive with a swap file on it is refused")
    func swapFile() throws {
        let loop = try LoopDevice(prepare: LoopDevice.makeExt4)
        let file = try loop.mount().appending("swap file")
        try Program.succeed("dd", ["if=/dev/zero", "of=\(file)", "bs=1M", "count=8", "status=none"])
        try Program.succeed("chmod", ["600", file.string])
        try Program.succeed("mkswap", [file.string])
        try Program.succeed("swapon", [file.string])
        defer { _ = try? Program.run("swapoff", [file.string]) }
        let device = try loop.device()
        #expect(devices.verdict(on: device).refusals.map(\.code) == [.swap])
        let error = #expect(throws: DeviceError.self) { try devices.unmount(device) }
        #expect(error?.description.contains("swap on \(file)") == true)
    }

    @Test("a drive without partition scanning is no error")
    func noPartitions() throws {
        let loop = try LoopDevice()
        let drive = try devices.open(try loop.device())
        try drive.rereadPartitionTable()
        try drive.close()
    }
}
