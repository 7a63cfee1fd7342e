// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import DriveImage
import Fixtures
import SequenceEngine
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import WindowsImaging
import WindowsSetup

/// The image of the stand-in for an installed Windows, made once for all tests of a process.
enum WindowsStandIn {
    private static let made = Result {
        let folder = try TestFolder()
        let path = folder.appending("windows.wim")
        try InstalledWindowsFixture().write(to: path)
        return (folder, path)
    }

    static func archive() throws -> FilePath { try made.get().1 }
}

/// A disk that was divided, got the stand-in's image, and was made startable.
struct InstalledDisk {
    let machine: TargetMachine
    let windows: DiskVolume
    let system: DiskVolume
    let report: WindowsStart.Report
    let variables: TestFolder

    init(
        _ firmware: SystemFirmware, preferred: LoaderSet? = nil, in folder: TestFolder? = nil,
        before: (TargetVolumes) throws -> Void = { _ in }
    ) throws {
        let machine = try TargetMachine(in: folder)
        defer { machine.drive.detach() }
        let volumes = try machine.divide(TargetMachine.partitioning(firmware == .uefi ? "GPT" : "MBR"))
        let windows = try #require(volumes.place("c:\\Windows")?.volume.disk)
        let system = try #require(volumes.started(for: windows))
        try before(volumes)
        let image = try ImageArchive(path: try WindowsStandIn.archive()).open()
        try ImageApplication.apply(image: 1, of: image, to: windows, interruption: Interruption())
        let mounted = try MountedVolume(windows, interruption: Interruption())
        var configuration = WindowsConfiguration()
        configuration.settings.computerName = "PC-0815"
        try configuration.write(to: mounted.folder, architecture: .x64)
        let variables = try TestFolder()
        var start = WindowsStart(firmware: firmware, system: system, windows: windows, modified: TargetMachine.time)
        start.preferredSet = preferred
        report = try start.install(
            from: mounted.folder, variables: EFIVariables(variables.path), interruption: Interruption())
        try mounted.unmount()
        (self.machine, self.windows, self.system, self.variables) = (machine, windows, system, variables)
    }
}

@Suite(
    "An image that is applied to a disk", .serialized,
    .enabled(if: TargetMachine.isPossible, Comment(rawValue: TargetMachine.reason)))
struct AppliedWindowsTests {
    @Test("a disk is divided, gets the image and what starts it", arguments: SystemFirmware.allCases)
    func whole(firmware: SystemFirmware) throws {
        let disk = try InstalledDisk(firmware)
        #expect(disk.windows.label == "Windows" && disk.system.partition == 1)
        #expect(disk.report.loaderSet == (firmware == .uefi ? .windows2011 : nil))
        #expect(disk.report.bootEntry == (firmware == .uefi ? "Boot0000" : nil))
    }

    @Test("the volume has all that the image has, as wimlib-imagex lists it, and what was added besides")
    func listing() throws {
        let disk = try InstalledDisk(.uefi)
        let loop = try LoopDevice(on: disk.machine.drive.image, disk.windows.range)
        let folder = try TestFolder()
        let captured = folder.appending("captured.wim")
        try Program.succeed("wimlib-imagex", ["capture", loop.node.string, captured.string, "x", "--compress=none"])
        let (made, image) = (try ImageListing(captured), try ImageListing(try WindowsStandIn.archive()))
        // The folders that got something in them have another time.
        #expect(
            image.differences(from: made) == ["\"/Windows/Panther\""], "\(image.differences(from: made))")
        #expect(
            Set(made.entries.keys).subtracting(image.entries.keys)
                == ["\"/Windows/Panther/Unattend\"", "\"/Windows/Panther/Unattend/Unattend.xml\""])
        #expect(image.entries.keys.contains { $0.contains(InstalledWindowsFixture.longName) })
    }

    @Test(
        "dissect.ntfs reads streams, owners, entries of lists, links, junctions and long names; regipy the hives",
        .enabled(if: PythonPackages.areInstalled, Comment(rawValue: PythonPackages.reason)))
    func dissect() throws {
        let disk = try InstalledDisk(.uefi)
        let lines = try PythonPackages.run(
            """
            import io, sys
            from dissect.ntfs import NTFS
            from dissect.ntfs.secure import SecurityDescriptor
            from regipy.registry import RegistryHive
            class Part(io.RawIOBase):
                def __init__(self, path, start, count):
                    self.file, self.start, self.count, self.place = open(path, 'rb'), start, count, 0
                def seek(self, offset, whence=0):
                    self.place = offset if whence == 0 else self.place + offset if whence == 1 else self.count + offset
                    return self.place
                def tell(self): return self.place
                def read(self, size=-1):
                    size = self.count - self.place if size < 0 else min(size, self.count - self.place)
                    self.file.seek(self.start + self.place)
                    data = self.file.read(max(size, 0))
                    self.place += len(data)
                    return data
            fs = NTFS(Part(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
            def get(path): return fs.mft.get(path)
            print('stream', get('Users/Public/desktop.ini').open('Zone.Identifier').read())
            print('folder stream', get('Users/Public').open('of a folder').read())
            links = get('Windows/explorer.exe')
            print('links', links.segment == get('Windows/WinSxS/amd64_standin/explorer.exe').segment, links.header.ReferenceCount)
            print('long', get('Users/Public/文件夹/' + sys.argv[4] + '/說明.txt').open().read().decode())
            junction = get('Documents and Settings')
            print('junction', junction.is_mount_point(), junction.attributes.REPARSE_POINT[0].print_name)
            for path in ['Windows', 'Windows/Panther', 'Windows/Panther/Unattend/Unattend.xml']:
                entry = get(path)
                number = entry.attributes.STANDARD_INFORMATION[0].security_id
                own = entry.attributes.get(0x50) if not number else None
                descriptor = SecurityDescriptor(own[0].open()) if own else fs.secure.lookup(number) if number else None
                if not descriptor:
                    print('security', path, 'none', list(entry.attributes.keys()))
                    continue
                rights = sorted(f'{ace.sid} {ace.mask:x}' for ace in descriptor.dacl.ace)
                print('security', path, descriptor.owner, rights)
            for name in ['SYSTEM', 'SOFTWARE']:
                with open(sys.argv[5] + name, 'wb') as file:
                    file.write(get('Windows/System32/config/' + name).open().read())
            software = RegistryHive(sys.argv[5] + 'SOFTWARE')
            print('build', software.get_key('\\\\Microsoft\\\\Windows NT\\\\CurrentVersion').get_value('CurrentBuildNumber'))
            system = RegistryHive(sys.argv[5] + 'SYSTEM')
            print('control', system.get_control_sets('Setup'), system.get_key('\\\\Select').get_value('Current'))
            """,
            [
                disk.machine.drive.image.string, "\(disk.windows.range.lowerBound)", "\(disk.windows.range.count)",
                InstalledWindowsFixture.longName, disk.variables.path.string + "/",
            ]
        ).split(separator: "\n").map(String.init)
        func line(_ start: String) -> String { lines.first { $0.hasPrefix(start) } ?? "" }
        #expect(line("stream").contains("ZoneId=3") && line("folder stream").contains("stream of a folder"))
        #expect(line("links") == "links True 3")
        #expect(line("long") == "long Größe 中文")
        #expect(line("junction") == "junction True C:\\Users")
        #expect(line("build") == "build 26100")
        #expect(line("security Windows S-1-5-32-544").contains("S-1-5-32-545 1200a9"), "\(lines)")
        // The answer file may hold a password: it gets what its folder passes on, and users cannot read it.
        let answers = line("security Windows/Panther/Unattend/Unattend.xml")
        #expect(answers.contains("S-1-5-18 1f01ff") && !answers.contains("S-1-5-32-545"), "\(lines)")
        #expect(!answers.contains("S-1-1-0"), "\(answers)")
    }

    @Test("a system partition keeps what others have on it, and gets ours")
    func systemPartition() throws {
        let disk = try InstalledDisk(.uefi) { volumes in
            let node = volumes.volumes[0].device.string
            let work = try TestFolder()
            let file = try work.write([UInt8](repeating: 7, count: 300_000), to: "vendor.bin")
            try Program.succeed("mmd", ["-i", node, "::/EFI", "::/EFI/Vendor with a long name"])
            try Program.succeed("mcopy", ["-i", node, file.string, "::/EFI/Vendor with a long name/tool.efi"])
            try Program.succeed("mmd", ["-i", node, "::/EFI/Microsoft", "::/EFI/Microsoft/Boot"])
            try Program.succeed("mcopy", ["-i", node, file.string, "::/EFI/Microsoft/Boot/bcd"])
        }
        #expect(
            try disk.file("/EFI/Vendor with a long name/tool.efi", of: disk.system)
                == [UInt8](repeating: 7, count: 300_000))
        #expect(try disk.store().starts(with: Array("regf".utf8)))
        let loop = try LoopDevice(on: disk.machine.drive.image, disk.system.range)
        try Program.succeed("fsck.fat", ["-n", loop.node.string])
        let loader = try disk.file("/EFI/Boot/bootx64.efi", of: disk.system)
        #expect(
            loader == (try disk.file("/EFI/Microsoft/Boot/bootmgfw.efi", of: disk.system)) && loader.count > 100_000)
    }

    @Test("the store names the partitions of this disk, as sgdisk tells them")
    func store() throws {
        let disk = try InstalledDisk(.uefi)
        func guid(_ number: Int) throws -> [UInt8] {
            let output = try Program.succeed(
                "sgdisk",
                number == 0
                    ? ["--print", disk.machine.drive.image.string]
                    : ["--info=\(number)", disk.machine.drive.image.string]
            ).output
            let start = try #require(output.firstRange(of: number == 0 ? "identifier (GUID): " : "unique GUID: "))
            let text = output[start.upperBound...].prefix(36)
            return try #require(GUID(String(text))).stored
        }
        let (bytes, whole) = (try disk.store(), try guid(0))
        for number in [1, 3] {
            let element = try guid(number) + [UInt8](repeating: 0, count: 8) + whole
            #expect(bytes.firstRange(of: element) != nil)
        }
    }

    @Test("the entry of UEFI's boot menu names the partition, and a second run writes it again")
    func variables() throws {
        let disk = try InstalledDisk(.uefi)
        let folder = disk.variables.path
        let suffix = "-8be4df61-93ca-11d2-aa0d-00e098032b8c"
        let value = try SmallFile.read(folder.appending("Boot0000\(suffix)"))
        #expect(value.starts(with: [7, 0, 0, 0, 1, 0, 0, 0]))
        guard case .gpt(_, let partition) = disk.system.bootDevice else { return }
        #expect(value.firstRange(of: partition.stored + [2, 2]) != nil)
        #expect(try SmallFile.read(folder.appending("BootOrder\(suffix)")) == [7, 0, 0, 0, 0, 0])
        let entry = EFIBootEntry(description: "x", partition: 1, sectors: 0..<1, guid: partition, program: "\\x")
        #expect(try EFIVariables(folder).putFirst(entry) == "Boot0001")
        #expect(try SmallFile.read(folder.appending("BootOrder\(suffix)")) == [7, 0, 0, 0, 1, 0, 0, 0])
        #expect(throws: FileError.self) { try EFIVariables(folder.appending("none")).putFirst(entry) }
    }
}
