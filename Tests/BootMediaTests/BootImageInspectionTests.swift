// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Identifiers
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import WindowsImaging

@testable import BootMedia
@testable import DriverPackages

@Suite struct BootImageInspectionTests {
    private static let store = "Windows/System32/DriverStore/FileRepository"

    /// The INF file of a driver.
    static func inf(
        _ name: String, class className: String, provider: String, ids: String, wide: Bool = false
    ) -> [UInt8] {
        let text = """
            [Version]\r
            Signature="$Windows NT$"\r
            Class=\(className)\r
            Provider=\(provider)\r
            DriverVer=01/15/2023,1.2.3.4\r
            [Manufacturer]\r
            m=Models,NTamd64\r
            [Models.NTamd64]\r
            \(name)=Install,\(ids)\r

            """
        return wide ? [0xFF, 0xFE] + Text.encodeUTF16LittleEndian(text) : Array(text.utf8)
    }

    /// An image with two drivers of Windows', one that was added, and everything else that is looked for.
    static func image() -> SampleImage {
        var image = SampleImage()
        let added = inf("a", class: "Net", provider: "Contoso", ids: "PCI\\VEN_8086&DEV_15BB", wide: true)
        let nvme = inf("n", class: "SCSIAdapter", provider: "Microsoft", ids: "PCI\\CC_010802")
        image.builder.files["\(store)/nic.inf_amd64_01/nic.inf"] = added
        image.builder.files["Windows/INF/oem7.inf"] = added
        image.builder.files["\(store)/stornvme.inf_amd64_02/stornvme.inf"] = nvme
        image.builder.files["\(store)/stornvme.inf_amd64_02/stornvme.sys"] = [1]
        image.builder.files["Windows/INF/stornvme.inf"] = nvme
        image.builder.files["\(store)/usb.inf_amd64_03/usb.inf"] =
            inf("u", class: "USB", provider: "Microsoft", ids: "PCI\\CC_0C0330")
        image.builder.files["Windows/INF/oem8.inf"] =
            inf("o", class: "Net", provider: "Fabrikam", ids: "USB\\VID_0BDA&PID_8153")
        let packages = "Windows/servicing/Packages"
        for name in [
            "WinPE-WMI-Package~31bf3856ad364e35~amd64~~10.0.26100.1",
            "WinPE-WMI-Package~31bf3856ad364e35~amd64~en-US~10.0.26100.1",
            "WinPE-WMI-Package~31bf3856ad364e35~amd64~de-DE~10.0.26100.1",
            "Package_for_RollupFix~31bf3856ad364e35~amd64~~26100.1742.1.10",
            "Microsoft-Windows-WinPE-Package~31bf3856ad364e35~amd64~~10.0.26100.1",
        ] { image.builder.files["\(packages)/\(name).mum"] = Array(name.utf8) }
        image.builder.files["Windows/System32/winpeshl.ini"] =
            Array("[LaunchApps]\r\n%SYSTEMDRIVE%\\sms\\bin\\x64\\TsBootShell.exe\r\n".utf8)
        image.builder.files["Windows/System32/startnet.cmd"] = Array("@echo off\r\nrem x\r\n:: y\r\nwpeinit\r\n".utf8)
        image.builder.files["unattend.xml"] = Array(
            """
            <unattend xmlns="urn:schemas-microsoft-com:unattend"><settings pass="windowsPE"><component name="c">\
            <RunSynchronous><RunSynchronousCommand><Path> X:\\prep.cmd </Path></RunSynchronousCommand></RunSynchronous>\
            </component></settings></unattend>
            """.utf8)
        image.builder.files["sms/bin/x64/TsBootShell.exe"] = VersionedProgram.bytes([5, 0, 9128, 1007])
        image.builder.files["sms/bin/x64/TsmBootstrap.exe"] = VersionedProgram.bytes([5, 0, 1, 1])
        image.builder.files["sms/bin/x64/TsBootShell.ini"] = Array("[Shell]\r\nEnableDebugShell=true\r\n".utf8)
        var system = HiveBuilder()
        system.set("WinPECacheThreshold", of: "ControlSet001\\Services\\FBWF", to: .number(512))
        image.builder.files["Windows/System32/config/SYSTEM"] = system.bytes()
        var software = HiveBuilder()
        let version = "Microsoft\\Windows NT\\CurrentVersion"
        software.set("CurrentMajorVersionNumber", of: version, to: .number(10))
        software.set("CurrentMinorVersionNumber", of: version, to: .number(0))
        software.set("CurrentBuildNumber", of: version, to: .text("26100"))
        software.set("UBR", of: version, to: .number(1742))
        image.builder.files["Windows/System32/config/SOFTWARE"] = software.bytes()
        return image
    }

    @Test("everything that is looked for is found")
    func whole() throws {
        let folder = try TestFolder()
        let inspection = try Self.image().open(in: folder).inspect()
        #expect(inspection.windowsVersion == "10.0.26100.1742")
        #expect(inspection.scratchSpaceByteCount == 512 << 20)
        #expect(
            inspection.components == [
                BootImageInspection.Component(
                    name: "WinPE-WMI", version: "10.0.26100.1", languages: ["de-de", "en-us"])
            ])
        #expect(inspection.updates.map(\.name) == ["Package_for_RollupFix"])
        #expect(inspection.updates.map(\.version) == ["26100.1742.1.10"])
        #expect(inspection.client?.version == "5.0.9128.1007")
        #expect(inspection.client?.files.map(\.version) == ["5.0.9128.1007", nil, "5.0.1.1"])
        #expect(
            inspection.startHooks == [
                .init(
                    path: "Windows/System32/winpeshl.ini", commands: ["%SYSTEMDRIVE%\\sms\\bin\\x64\\TsBootShell.exe"]),
                .init(path: "sms/bin/x64/TsBootShell.ini", commands: ["EnableDebugShell=true"]),
                .init(path: "Windows/System32/startnet.cmd", commands: ["wpeinit"]),
                .init(path: "unattend.xml", commands: ["X:\\prep.cmd"]),
            ])
        #expect(
            inspection.startSets.map(\.missing) == [
                [], [], ["EFI/Boot/bootx64.efi", "EFI/Microsoft/Boot/efisys.bin", "bootmgr.efi"],
            ])
        #expect(inspection.startSets.map(\.generation) == [nil, .windows2011, .windows2023])
        #expect(inspection.loaders.map(\.architecture) == [.x64, .x64])
    }

    @Test("drivers are told apart by the name that Windows publishes them under, and each is read once")
    func drivers() throws {
        let folder = try TestFolder()
        let image = try Self.image().open(in: folder)
        let store = try image.driverStore()
        #expect(store.warnings.isEmpty)
        #expect(store.drivers.map(\.name) == ["oem8.inf", "nic.inf", "stornvme.inf", "usb.inf"])
        #expect(store.drivers.map(\.publishedName) == ["oem8.inf", "oem7.inf", "stornvme.inf", nil])
        #expect(store.drivers.map(\.origin) == [.added, .added, .windows, .windows])
        let facts = DriverFacts(store, on: image.targetSystem)
        #expect(facts.count(.network) == 2 && facts.addedCount(.network) == 2)
        #expect(facts.count(.storage) == 1 && facts.addedCount(.storage) == 0 && facts.servesNVMe)
        #expect(facts.warnings("x", needsNetwork: true).isEmpty)
        #expect(facts.note("x")?.description.contains("no disk drivers beyond Windows' own") == true)
        // 7-Zip lists the same files.
        let listing = try Program.succeed("7z", ["l", "-slt", "-ba", image.path.string])
        let files = listing.output.split(separator: "\n").filter { $0.hasPrefix("Path = ") && $0.hasSuffix(".inf") }
            .map { String($0.dropFirst(7)).replacing("\\", with: "/") }
        #expect(Set(store.drivers.map(\.path)).isSubset(of: files))
        #expect(files.count == 6)
    }

    @Test("what an image lacks is told once it has drivers at all, and the network only where media needs one")
    func facts() throws {
        func facts(_ drivers: [(name: String, class: String, id: String, isAdded: Bool)]) throws -> DriverFacts {
            let list = try drivers.map { name, className, id, isAdded in
                BootImageDriver(
                    path: name, publishedName: nil, origin: isAdded ? .added : .windows,
                    file: try #require(
                        DriverFile(Self.inf(name, class: className, provider: "P", ids: id))))
            }
            return DriverFacts(DriverStore(drivers: list, warnings: []), on: TargetSystem(.x64))
        }
        func texts(_ facts: DriverFacts, network: Bool = true) -> [String] {
            facts.warnings("image", needsNetwork: network).map(\.description)
        }
        #expect(texts(try facts([])).isEmpty)
        let disk = ("d", "HDC", "PCI\\CC_010601", false)
        let lacking = texts(try facts([disk]))
        try #require(lacking.count == 2)
        #expect(lacking[0].hasPrefix("image has no driver for a network adapter"))
        #expect(lacking[1].hasPrefix("image has no driver for NVMe disks"))
        #expect(texts(try facts([disk]), network: false).count == 1)
        let net = ("n", "Net", "PCI\\CC_0200", false)
        #expect(texts(try facts([net])).map { $0.contains("disk controller") } == [true])
        #expect(texts(try facts([net, ("r", "SCSIAdapter", "PCI\\VEN_8086&DEV_9A0B", true)])).isEmpty)
        // A driver for another architecture is none.
        let foreign = try #require(
            DriverFile(
                Array(
                    String(decoding: Self.inf("x", class: "Net", provider: "P", ids: "PCI\\CC_0200"), as: UTF8.self)
                        .replacing("NTamd64", with: "NTarm64").utf8)))
        let store = DriverStore(
            drivers: [BootImageDriver(path: "x", publishedName: nil, origin: .windows, file: foreign)], warnings: [])
        #expect(DriverFacts(store, on: TargetSystem(.x64)).count(.network) == 0)
    }

    @Test("files that are not what they should be are warnings, and the rest is told all the same")
    func hostile() throws {
        var image = Self.image()
        image.builder.files["\(Self.store)/bad.inf_1/bad.inf"] = [UInt8](repeating: 0xFF, count: 5_000)
        image.builder.files["\(Self.store)/big.inf_1/big.inf"] = [UInt8](
            repeating: 0x41, count: DriverFile.byteCountLimit + 1)
        image.builder.files["Windows/System32/config/SYSTEM"] = Array("no hive".utf8)
        image.builder.files["unattend.xml"] = Array("<unattend><a></unattend>".utf8)
        image.builder.files["sms/bin/x64/TsBootShell.exe"] = [0x4D, 0x5A]
        image.builder.files["Windows/System32/winpeshl.ini"] = [UInt8](repeating: 0x0A, count: 100_000)
        let folder = try TestFolder()
        let inspection = try image.open(in: folder).inspect()
        let warnings = inspection.warnings.map(\.description)
        for part in ["bad.inf in boot image", "big.inf has 8388609 bytes", "registry hive", "unattend.xml in boot"] {
            #expect(warnings.contains { $0.contains(part) }, "\(part): \(warnings)")
        }
        #expect(inspection.drivers.drivers.count == 4)
        #expect(inspection.scratchSpaceByteCount == nil)
        #expect(inspection.client?.version == "5.0.1.1")
    }

    @Test("the names in the loaders' signatures are those that osslsigncode reads")
    func loaders() throws {
        let folder = try TestFolder()
        let path = folder.appending("boot.wim")
        try BootImageFixture(fillerByteCount: 1).write(to: path)
        let loaders = try BootImage(path: path).inspect().loaders
        #expect(loaders.map(\.path).count == 4)
        try Program.succeed(
            "wimlib-imagex", ["extract", path.string, "1", "/Windows/Boot", "--dest-dir=\(folder.path)"])
        for loader in loaders {
            let file = folder.path.appending(String(loader.path.dropFirst("Windows/".count)))
            let told = try Program.run("osslsigncode", ["verify", "-in", file.string]).output
            let certificate = try #require(loader.certificate)
            #expect(told.contains("CN=\(certificate)"), "\(loader.path): \(told)")
        }
        #expect(Set(loaders.map(\.certificate)) == ["Windows UEFI CA 2023", "Microsoft Windows Production PCA 2011"])
    }

    @Test("the version of a program is the one that 7-Zip finds in its resource")
    func version() throws {
        let program = VersionedProgram.bytes([5, 0, 9128, 1007])
        #expect(PortableExecutable(program)?.fileVersion == "5.0.9128.1007")
        #expect(PortableExecutable(TinyProgram.bytes())?.fileVersion == nil)
        let folder = try TestFolder()
        let file = try folder.write(program, to: "p.exe")
        try Program.succeed("7z", ["x", "-y", "-bd", "-o\(folder.path)", file.string, ".rsrc/version.txt"])
        let bytes = try SmallFile.read(folder.appending(".rsrc").appending("version.txt"))
        let text = try #require(Text.decodeUTF16LittleEndian(bytes[...]))
        let line = text.split(whereSeparator: \.isNewline).first { $0.contains("FILEVERSION") }
        #expect(line?.split(separator: " ").last == "5,0,9128,1007", "\(text)")
    }

    @Test("damage anywhere in a program with a version never ends ours")
    func damagedVersion() {
        let program = VersionedProgram.bytes([1, 2, 3, 4])
        for place in program.indices {
            var damaged = program
            damaged[place] ^= 0xFF
            _ = PortableExecutable(damaged)?.fileVersion
            if place % 7 == 0 { _ = PortableExecutable(Array(program[..<place]))?.fileVersion }
        }
    }
}
