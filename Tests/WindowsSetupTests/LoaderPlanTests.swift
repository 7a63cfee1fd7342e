// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import Testing

@testable import WindowsSetup

@Suite("Which files start an applied Windows")
struct LoaderPlanTests {
    private static let files = [
        "EFI/bootmgfw.efi", "EFI/bootmgr.efi", "EFI/memtest.efi", "EFI/en-US/bootmgfw.efi.mui", "EFI/en-US/readme.txt",
        "EFI_EX/bootmgfw_EX.efi", "EFI_EX/bootmgr_EX.efi", "EFI_EX/en-US/bootmgfw_EX.efi.mui", "EFI_EX/other.efi",
        "Fonts/wgl4_boot.ttf", "Fonts/old_boot.ttf", "Fonts_EX/wgl4_boot_EX.ttf", "Resources/en-US/bootres.dll.mui",
        "Resources/bootres.dll", "PCAT/bootmgr", "PCAT/bootnxt", "PCAT/memtest.exe", "PCAT/de-DE/bootmgr.exe.mui",
        "DVD/EFI/BCD",
    ]

    private func paths(_ names: [String], _ root: String = "Windows/Boot") throws -> [MediaPath] {
        try names.map { try MediaPath("\(root)/\($0)") }
    }

    private func plan(
        _ names: [String], _ firmware: SystemFirmware, preferred: LoaderSet? = nil
    ) throws -> [String: String] {
        let plan = try LoaderPlan(try paths(names), firmware: firmware, preferred: preferred)
        #expect(plan.copies.map(\.target) == plan.copies.map(\.target).sorted())
        return Dictionary(
            uniqueKeysWithValues: plan.copies.map {
                ($0.target.description, String($0.source.description.dropFirst("Windows/Boot/".count)))
            })
    }

    @Test("UEFI gets loaders, messages, fonts and resources, and the fall-back path")
    func uefi() throws {
        let boot = "EFI/Microsoft/Boot"
        #expect(
            try plan(Self.files, .uefi) == [
                "\(boot)/bootmgfw.efi": "EFI/bootmgfw.efi", "EFI/Boot/bootx64.efi": "EFI/bootmgfw.efi",
                "\(boot)/bootmgr.efi": "EFI/bootmgr.efi", "\(boot)/memtest.efi": "EFI/memtest.efi",
                "\(boot)/en-US/bootmgfw.efi.mui": "EFI/en-US/bootmgfw.efi.mui",
                "\(boot)/Fonts/wgl4_boot.ttf": "Fonts/wgl4_boot.ttf",
                "\(boot)/Fonts/old_boot.ttf": "Fonts/old_boot.ttf",
                "\(boot)/Resources/bootres.dll": "Resources/bootres.dll",
                "\(boot)/Resources/en-US/bootres.dll.mui": "Resources/en-US/bootres.dll.mui",
            ])
    }

    @Test("the set of 2023 stands for that of 2011 file by file, when it is wanted or alone")
    func newer() throws {
        let boot = "EFI/Microsoft/Boot"
        for (names, preferred) in [
            (Self.files, LoaderSet.windows2023), (Self.files.filter { !$0.hasPrefix("EFI/") }, nil),
        ] {
            let found = try plan(names, .uefi, preferred: preferred)
            #expect(found["EFI/Boot/bootx64.efi"] == "EFI_EX/bootmgfw_EX.efi")
            #expect(found["\(boot)/bootmgfw.efi"] == "EFI_EX/bootmgfw_EX.efi")
            #expect(found["\(boot)/en-US/bootmgfw.efi.mui"] == "EFI_EX/en-US/bootmgfw_EX.efi.mui")
            #expect(found["\(boot)/Fonts/wgl4_boot.ttf"] == "Fonts_EX/wgl4_boot_EX.ttf")
            #expect(found["\(boot)/Fonts/old_boot.ttf"] == "Fonts/old_boot.ttf")
            #expect(!found.values.contains("EFI_EX/other.efi"))
        }
        #expect(
            try LoaderPlan(try paths(["EFI/bootmgfw.efi"]), firmware: .uefi, preferred: .windows2023).set
                == .windows2011)
    }

    @Test("a BIOS gets bootmgr at the root, and the rest in Boot")
    func bios() throws {
        let found = try plan(Self.files, .bios)
        #expect(found["bootmgr"] == "PCAT/bootmgr" && found["bootnxt"] == "PCAT/bootnxt")
        #expect(found["Boot/memtest.exe"] == "PCAT/memtest.exe")
        #expect(found["Boot/de-DE/bootmgr.exe.mui"] == "PCAT/de-DE/bootmgr.exe.mui")
        #expect(found["Boot/Fonts/wgl4_boot.ttf"] == "Fonts/wgl4_boot.ttf")
        #expect(found["Boot/Resources/bootres.dll"] == "Resources/bootres.dll")
        #expect(!found.keys.contains { $0.hasPrefix("EFI") })
    }

    @Test("names of the image may have any case")
    func cases() throws {
        let files = try paths(["efi/BOOTMGFW.EFI", "fonts/A.TTF"], "WINDOWS/boot")
        let plan = try LoaderPlan(files, firmware: .uefi)
        #expect(plan.copies.map(\.source.description).contains("WINDOWS/boot/efi/BOOTMGFW.EFI"))
        #expect(plan.copies.map(\.target.description).contains("EFI/Microsoft/Boot/bootmgfw.efi"))
        #expect(plan.copies.map(\.target.description).contains("EFI/Microsoft/Boot/Fonts/A.TTF"))
    }

    @Test("an image without a loader for the firmware is told", arguments: SystemFirmware.allCases)
    func missing(firmware: SystemFirmware) throws {
        let error = #expect(throws: LoaderError.self) {
            try LoaderPlan(try paths(["Fonts/a.ttf"]), firmware: firmware)
        }
        #expect(error?.description.contains(firmware == .uefi ? "EFI\\bootmgfw.efi" : "PCAT\\bootmgr") == true)
    }

    @Test("the fall-back path has the name of the processor")
    func processors() throws {
        for (architecture, name) in [(Architecture.x86, "bootia32"), (.arm64, "bootaa64")] {
            let plan = try LoaderPlan(try paths(["EFI/bootmgfw.efi"]), firmware: .uefi, architecture: architecture)
            #expect(plan.copies.contains { $0.target.description == "EFI/Boot/\(name).efi" })
        }
    }
}
