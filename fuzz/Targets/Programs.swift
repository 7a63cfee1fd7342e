// SPDX-License-Identifier: GPL-3.0-or-later

import DriverPackages
import Fixtures
import Identifiers
import Support

@testable import BootMedia
@testable import OpenBootImage
@testable import Registry
@testable import SequenceEngine

extension FuzzTarget {
    private static let inf = """
        [Version]\r\nSignature="$Windows NT$"\r\nClass=Net\r\nClassGUID={4d36e972-e325-11ce-bfc1-08002be10318}\r\n\
        Provider=%P%\r\nDriverVer=01/15/2023,12.19.2.45\r\n[Manufacturer]\r\n%P%=Models,NTamd64,NTamd64.10.0...19041\r\n\
        [Models.NTamd64]\r\n%D%=Install, PCI\\VEN_8086&DEV_15BB,\\\r\n USB\\VID_0BDA&PID_8153\r\n[Strings]\r\nP="Contoso"\r\n\
        D = "Device"\r\n
        """
    private static let hardware = """
        00:1f.6 Ethernet controller [0200]: Intel Corporation I219-LM [8086:15bb] (rev 10)
        Bus 001 Device 003: ID 0bda:8153 Realtek Semiconductor Corp. RTL8153 Gigabit Ethernet Adapter
        Instance ID:                PCI\\VEN_8086&DEV_15BB&SUBSYS_00000000&REV_10\\3&11583659&0&FE
        Class Name:                 Net
        Hardware IDs:               PCI\\VEN_8086&DEV_15BB
        """

    /// What is in boot images and driver packages: programs, hives, INF files, lists.
    static let programs = [
        FuzzTarget(
            "portable-executable", words: [".sbat", ".text", ".rsrc", "sbat,1,SBAT Version", "grub,3,"],
            seeds: { _ in
                let signer = try LoaderSigner(generation: .windows2011)
                let stub = UEFILoader(role: .bootmgfw, generation: .windows2011, architecture: .arm64)
                return [try stub.build(signer: signer)]
            },
            read: { input in
                _ = SecurityLevels.levels(of: input)
                if let program = PortableExecutable(input) {
                    for name in [".text", ".sbat", ".rsrc"] { _ = program.section(name) }
                }
                try ScratchFile.with(input) { _ = FileVersion.read($0) }
                _ = try loaderSignatures(of: input)
            }),
        FuzzTarget(
            "inf", words: ["[Version]", "[Strings]", "%", "\\\r\n", "NTamd64", "ClassGUID=", ".HW", "[Manufacturer]"],
            texts: inf
        ) {
            input in
            guard let driver = DriverFile(input) else { return }
            for architecture in Architecture.allCases {
                let system = TargetSystem(architecture, version: WindowsVersion("10.0.19045"))
                for models in driver.models(for: system) { for id in models.hardwareIDs { _ = id.utf8.count } }
                if let list = try? HardwareList(Array(hardware.utf8), name: "h") {
                    _ = DeviceMatcher(list.devices, on: system).matches(of: driver)
                }
            }
        },
        FuzzTarget(
            "hardware-list", words: ["PCI\\VEN_", "&DEV_", "USB\\VID_", "[8086:", "Hardware IDs:", "Bus 001"],
            texts: hardware
        ) {
            input in _ = try HardwareList(input, name: "input")
        },
        FuzzTarget(
            "hive", words: ["regf", "hbin", "nk", "vk", "lf", "lh", "ri", "li", "db"],
            seeds: { _ in [hiveSeed()] },
            read: { input in
                try ScratchFile.with(input) { path in
                    let hive = try HiveFile(path: path, name: "input")
                    _ = hive.hasKey(["A", "B"])
                    _ = hive.subkeys(["A"])
                    _ = hive.value("v", of: ["A", "B"])
                    _ = hive.value("n", of: ["A", "B"])
                }
            }),
        FuzzTarget(
            "hive-libhivex", words: ["regf", "hbin", "nk", "vk", "lf", "lh"],
            seeds: { _ in [hiveSeed()] },
            read: { input in
                try ScratchFile.with(input) { path in
                    let hive = try RegistryHive(path: path, name: "input")
                    _ = hive.hasKey(["A", "B"])
                    _ = hive.value("v", of: ["A", "B"])
                    _ = hive.value("n", of: ["A", "B"])
                }
            }),
        FuzzTarget(
            "boot-file-list",
            texts:
                "{\"format\":1,\"files\":[{\"target\":\"EFI/Boot/bootx64.efi\",\"source\":\"a/b\",\"firmware\":[\"uefi\"]}]}"
        ) { input in _ = try BootFileList(input) },
        FuzzTarget(
            "open-image-facts",
            texts: """
                {"format":1,"version":"1","kernel":"6.1","packages":[{"name":"a","version":"1","architecture":"amd64",\
                "sha256":"x"}],"securityLevels":[{"loader":"shim","component":"shim","generation":3}]}
                """
        ) { input in _ = OpenBootImageFacts(input) },
    ]

    /// A hive with keys and values of each kind.
    private static func hiveSeed() -> [UInt8] {
        var key = RegistryKey()
        key.set("v", to: .text("value"), at: ["A", "B"])
        key.set("n", to: .number(7), at: ["A", "B"])
        key.set("s", to: .texts(["a", "b"]), at: ["A"])
        for number in 0..<20 { key.make(["A", "K\(number)"]) }
        return HiveWriter.bytes(of: key, name: "hive", modified: Timestamp(unixSeconds: 0))
    }
}
