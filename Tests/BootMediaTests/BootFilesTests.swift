// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Identifiers
import Support
import TSMediaTestSupport
import Testing
import WindowsImaging

@Suite struct BootFilesTests {
    let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private static let biosOrigins = [
        "bootmgr": "Windows/Boot/PCAT/bootmgr",
        "boot/BCD": "Windows/Boot/DVD/PCAT/BCD",
        "boot/boot.sdi": "Windows/Boot/DVD/PCAT/boot.sdi",
        "boot/bootfix.bin": "Windows/Boot/DVD/PCAT/en-US/bootfix.bin",
        "boot/etfsboot.com": "Windows/Boot/DVD/PCAT/etfsboot.com",
        "boot/fonts/jpn_boot.ttf": "Windows/Boot/Fonts/jpn_boot.ttf",
        "boot/fonts/wgl4_boot.ttf": "Windows/Boot/Fonts/wgl4_boot.ttf",
    ]

    private static func uefiOrigins(_ loader: String) -> [String: String] {
        [
            "bootmgr.efi": "Windows/Boot/EFI/bootmgr.efi",
            "EFI/Boot/\(loader)": "Windows/Boot/EFI/bootmgfw.efi",
            "EFI/Microsoft/Boot/BCD": "Windows/Boot/DVD/EFI/BCD",
            "EFI/Microsoft/Boot/boot.stl": "Windows/Boot/EFI/boot.stl",
            "EFI/Microsoft/Boot/efisys.bin": "Windows/Boot/DVD/EFI/en-US/efisys.bin",
            "EFI/Microsoft/Boot/fonts/jpn_boot.ttf": "Windows/Boot/Fonts/jpn_boot.ttf",
            "EFI/Microsoft/Boot/fonts/wgl4_boot.ttf": "Windows/Boot/Fonts/wgl4_boot.ttf",
        ]
    }

    @Test(
        "an x86 or x64 image gives the files of both firmwares",
        arguments: [(Architecture.x64, "bootx64.efi"), (.x86, "bootia32.efi")])
    func bothFirmwares(architecture: Architecture, loader: String) throws {
        let sample = SampleImage(architecture)
        let set = try sample.open(in: folder).bootFiles(BootFileOptions(generation: .windows2011))
        #expect(set.architecture == architecture)
        #expect(set.origins == Self.biosOrigins.merging(Self.uefiOrigins(loader)) { first, _ in first })
        #expect(set.files.map(\.path) == set.files.map(\.path).sorted())
        #expect(set.files.allSatisfy { $0.contents == sample.builder.files[$0.origin] })
        #expect(set.files.allSatisfy { $0.modified.unixSeconds > 1_700_000_000 })
        #expect(set.biosBootImagePath?.description == "boot/etfsboot.com")
        #expect(set.uefiBootImagePath?.description == "EFI/Microsoft/Boot/efisys.bin")
        #expect(set.uefiLoader?.path.name == loader)
        #expect(set.generation == .windows2011)
        #expect(set.warnings == [])
    }

    @Test("an arm64 image gives the files of UEFI and no BIOS entry, and that is no warning")
    func arm64() throws {
        var sample = SampleImage(.arm64)
        sample.add(["sms/bin/arm64/BCD-EFI-64", "Windows/Boot/PCAT/bootmgr", "Windows/Boot/DVD/PCAT/etfsboot.com"])
        let set = try sample.open(in: folder).bootFiles(BootFileOptions(generation: .windows2011))
        var expected = Self.uefiOrigins("bootaa64.efi")
        expected["EFI/Microsoft/Boot/BCD"] = "sms/bin/arm64/BCD-EFI-64"
        expected["boot/boot.sdi"] = "Windows/Boot/DVD/EFI/boot.sdi"
        #expect(set.origins == expected)
        #expect(set.biosBootImagePath == nil)
        #expect(set.warnings == [])
    }

    @Test(
        "files that Configuration Manager injected are preferred",
        arguments: [(Architecture.x64, "x64", "64"), (.x86, "i386", "32")])
    func injected(architecture: Architecture, client: String, wordSize: String) throws {
        var sample = SampleImage(architecture)
        let names = ["efisys.bin", "etfsboot.com", "bootfix.bin", "BCD-EFI-64", "BCD-EFI-32"]
        sample.add(["sms/boot/boot.sdi"] + names.map { "sms/bin/\(client)/\($0)" })
        let origins = try sample.open(in: folder).bootFiles().origins
        #expect(origins["boot/boot.sdi"] == "sms/boot/boot.sdi")
        #expect(origins["boot/etfsboot.com"] == "sms/bin/\(client)/etfsboot.com")
        #expect(origins["boot/bootfix.bin"] == "sms/bin/\(client)/bootfix.bin")
        #expect(origins["EFI/Microsoft/Boot/efisys.bin"] == "sms/bin/\(client)/efisys.bin")
        #expect(origins["EFI/Microsoft/Boot/BCD"] == "sms/bin/\(client)/BCD-EFI-\(wordSize)")
        #expect(origins["boot/BCD"] == "Windows/Boot/DVD/PCAT/BCD")
    }

    @Test("paths are found in whatever case they are stored")
    func letterCase() throws {
        var sample = SampleImage()
        sample.builder.files = Dictionary(
            uniqueKeysWithValues: sample.builder.files.map { ($0.key.uppercased(), $0.value) })
        let set = try sample.open(in: folder).bootFiles()
        #expect(set.origins["bootmgr"] == "WINDOWS/BOOT/PCAT/BOOTMGR")
        #expect(set.origins.keys.contains("EFI/Microsoft/Boot/fonts/WGL4_BOOT.ttf"))
    }

    @Test("El Torito images of another language than English are taken when there is no English one")
    func language() throws {
        var sample = SampleImage()
        sample.remove("Windows/Boot/DVD/EFI/en-US", "Windows/Boot/DVD/PCAT/en-US")
        sample.add(["Windows/Boot/DVD/EFI/de-DE/efisys.bin", "Windows/Boot/DVD/PCAT/de-DE/bootfix.bin"])
        let origins = try sample.open(in: folder).bootFiles().origins
        #expect(origins["EFI/Microsoft/Boot/efisys.bin"] == "Windows/Boot/DVD/EFI/de-DE/efisys.bin")
        #expect(origins["boot/bootfix.bin"] == "Windows/Boot/DVD/PCAT/de-DE/bootfix.bin")
    }

    // MARK: No prompt

    @Test("without a prompt efisys_noprompt is taken and bootfix.bin left out")
    func withoutPrompt() throws {
        var sample = SampleImage()
        sample.add(["sms/bin/x64/efisys.bin", "sms/bin/x64/bootfix.bin"])
        let set = try sample.open(in: folder).bootFiles(BootFileOptions(promptsForKey: false))
        #expect(
            set.origins["EFI/Microsoft/Boot/efisys.bin"] == "Windows/Boot/DVD/EFI/en-US/efisys_noprompt.bin")
        #expect(set.origins["boot/bootfix.bin"] == nil)
        #expect(set.uefiBootImagePath?.description == "EFI/Microsoft/Boot/efisys.bin")
    }

    @Test("no prompt in the 2023 set takes its own efisys_noprompt")
    func withoutPromptIn2023() throws {
        var sample = SampleImage()
        sample.add2023Set()
        let set = try sample.open(in: folder).bootFiles(BootFileOptions(promptsForKey: false))
        #expect(set.generation == .windows2023)
        #expect(
            set.origins["EFI/Microsoft/Boot/efisys.bin"] == "Windows/Boot/DVD_EX/EFI/en-US/efisys_noprompt_EX.bin")
    }

    @Test("no prompt that cannot be had is an error, also where BIOS could start")
    func noPromptlessImage() throws {
        var sample = SampleImage()
        sample.remove("Windows/Boot/DVD/EFI/en-US/efisys_noprompt.bin")
        let image = try sample.open(in: folder)
        let error = #expect(throws: BootMediaError.self) {
            try image.bootFiles(BootFileOptions(promptsForKey: false))
        }
        #expect(error?.code == .noPromptlessImage)
        #expect(error?.description.contains("Windows/Boot/DVD/EFI/en-US/efisys_noprompt.bin") == true)
        #expect(error?.failureClass == .malformed)
    }

    // MARK: One firmware, or none

    @Test(
        "an image without one of the files that BIOS needs gives media for UEFI, with a warning that names the file",
        arguments: [
            "Windows/Boot/PCAT/bootmgr", "Windows/Boot/DVD/PCAT/etfsboot.com", "Windows/Boot/DVD/PCAT/BCD",
        ])
    func uefiOnly(missing: String) throws {
        var sample = SampleImage()
        sample.remove(missing)
        let set = try sample.open(in: folder).bootFiles(BootFileOptions(generation: .windows2011))
        #expect(set.biosBootImagePath == nil)
        #expect(set.uefiBootImagePath != nil)
        #expect(!set.origins.keys.contains { $0 == "bootmgr" || $0 == "boot/BCD" || $0.hasPrefix("boot/fonts") })
        #expect(set.warnings.count == 1)
        #expect(set.warnings[0].contains(missing))
        #expect(set.warnings[0].contains("the media starts UEFI machines only"))
    }

    @Test(
        "an image without one of the files that UEFI needs gives media for BIOS, with a warning that names the file",
        arguments: ["Windows/Boot/EFI/bootmgfw.efi", "Windows/Boot/DVD/EFI/en-US/efisys.bin"])
    func biosOnly(missing: String) throws {
        var sample = SampleImage()
        sample.remove(missing)
        let set = try sample.open(in: folder).bootFiles()
        #expect(set.uefiBootImagePath == nil)
        #expect(set.uefiLoader == nil)
        #expect(set.generation == nil)
        #expect(set.origins == Self.biosOrigins)
        #expect(set.warnings.count == 1)
        #expect(set.warnings[0].contains(missing))
        #expect(set.warnings[0].contains("the media starts BIOS machines only"))
    }

    @Test("an image with no usable loader is an error that says what was looked for")
    func noLoader() throws {
        var sample = SampleImage()
        sample.remove("Windows/Boot")
        sample.add(["Windows/System32/startnet.cmd"])
        let image = try sample.open(in: folder)
        for options in [BootFileOptions(), BootFileOptions(promptsForKey: false, generation: .windows2011)] {
            let error = #expect(throws: BootMediaError.self) { try image.bootFiles(options) }
            #expect(error?.code == .noUsableLoader)
            #expect(error?.failureClass == .malformed)
            let text = error?.description ?? ""
            for wanted in ["Windows/Boot/PCAT/bootmgr", "sms/bin/x64/etfsboot.com", "Windows/Boot/EFI/bootmgfw.efi"] {
                #expect(text.contains(wanted))
            }
            #expect(text.contains("EFI_EX") == (options.generation == .automatic))
            #expect(text.contains("efisys_noprompt.bin") == !options.promptsForKey)
        }
    }

    @Test("UEFI media without a BCD or boot.sdi is made, with a warning")
    func expectedFiles() throws {
        var sample = SampleImage(.arm64)
        sample.remove("Windows/Boot/DVD/EFI/BCD", "Windows/Boot/DVD/EFI/boot.sdi", "Windows/Boot/EFI/bootmgr.efi")
        let set = try sample.open(in: folder).bootFiles(BootFileOptions(generation: .windows2011))
        #expect(set.warnings.count == 2)
        #expect(set.warnings.contains { $0.contains("has no EFI/Microsoft/Boot/BCD for UEFI") })
        #expect(set.warnings.contains { $0.contains("has no boot/boot.sdi for UEFI") })
    }

    @Test("a link in place of a loader does not count")
    func link() throws {
        var sample = SampleImage()
        sample.remove("Windows/Boot/EFI/bootmgfw.efi")
        sample.builder.links["Windows/Boot/EFI/bootmgfw.efi"] = "bootmgr.efi"
        #expect(try sample.open(in: folder).bootFiles().uefiBootImagePath == nil)
    }
}
