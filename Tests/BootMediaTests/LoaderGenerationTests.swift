// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Fixtures
import Support
import TSMediaTestSupport
import Testing
import WindowsImaging

@Suite struct LoaderGenerationTests {
    let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private static let warning = "whose certificates expired during 2026"

    @Test("the 2023 set is taken when the image has all of it", arguments: [LoaderGeneration.automatic, .windows2023])
    func whole2023Set(generation: LoaderGeneration) throws {
        var sample = SampleImage()
        sample.add2023Set()
        let set = try sample.open(in: folder).bootFiles(BootFileOptions(generation: generation))
        #expect(set.generation == .windows2023)
        #expect(set.warnings == [])
        #expect(set.origins["EFI/Boot/bootx64.efi"] == "Windows/Boot/EFI_EX/bootmgfw_EX.efi")
        #expect(set.origins["bootmgr.efi"] == "Windows/Boot/EFI_EX/bootmgr_EX.efi")
        #expect(
            set.origins["EFI/Microsoft/Boot/efisys.bin"] == "Windows/Boot/DVD_EX/EFI/en-US/efisys_EX.bin")
        #expect(set.origins["bootmgr"] == "Windows/Boot/PCAT/bootmgr")
    }

    @Test("fonts of the 2023 set lose their suffix, and those it lacks come from the plain folder")
    func fonts() throws {
        var sample = SampleImage()
        sample.add2023Set()
        let origins = try sample.open(in: folder).bootFiles().origins
        let folder = "EFI/Microsoft/Boot/fonts/"
        #expect(
            origins.filter { $0.key.hasPrefix(folder) } == [
                "\(folder)wgl4_boot.ttf": "Windows/Boot/Fonts_EX/wgl4_boot_EX.ttf",
                "\(folder)kor_boot.ttf": "Windows/Boot/Fonts_EX/kor_boot_EX.ttf",
                "\(folder)jpn_boot.ttf": "Windows/Boot/Fonts/jpn_boot.ttf",
            ])
        #expect(origins["boot/fonts/wgl4_boot.ttf"] == "Windows/Boot/Fonts/wgl4_boot.ttf")
        #expect(origins["boot/fonts/kor_boot.ttf"] == nil)
    }

    private static let parts = [
        "Windows/Boot/EFI_EX/bootmgfw_EX.efi", "Windows/Boot/EFI_EX/bootmgr_EX.efi",
        "Windows/Boot/DVD_EX/EFI/en-US/efisys_EX.bin",
    ]

    @Test("without any one part of the 2023 set auto takes 2011 with a warning", arguments: parts)
    func incompleteSet(missing: String) throws {
        var sample = SampleImage()
        sample.add2023Set()
        sample.remove(missing)
        let set = try sample.open(in: folder).bootFiles()
        #expect(set.generation == .windows2011)
        #expect(!set.origins.values.contains { $0.contains("_EX") })
        #expect(set.warnings.count == 1)
        #expect(set.warnings[0].contains(Self.warning))
    }

    @Test("asking for a 2023 set that is not whole is an error that names the missing part", arguments: parts)
    func incompleteSetAskedFor(missing: String) throws {
        var sample = SampleImage()
        sample.add2023Set()
        sample.remove(missing)
        let image = try sample.open(in: folder)
        let error = #expect(throws: BootMediaError.self) {
            try image.bootFiles(BootFileOptions(generation: .windows2023))
        }
        #expect(error?.code == .incomplete2023Set)
        let text = error?.description ?? ""
        #expect(Self.parts.filter { text.contains($0) } == [missing])
    }

    @Test("the 2011 set is taken when asked for, without a warning")
    func asked2011() throws {
        var sample = SampleImage()
        sample.add2023Set()
        let set = try sample.open(in: folder).bootFiles(BootFileOptions(generation: .windows2011))
        #expect(set.generation == .windows2011)
        #expect(!set.origins.values.contains { $0.contains("_EX") })
        #expect(set.warnings == [])
    }

    @Test("a plain loader that the 2023 authority signed is no reason to warn; the old authority is")
    func signedPlainLoader() throws {
        for (generation, warns) in [(UEFILoader.Generation.windows2011, true), (.windows2023, false)] {
            var sample = SampleImage()
            sample.builder.files["Windows/Boot/EFI/bootmgfw.efi"] = try LoaderSigner(generation: generation)
                .sign(TinyProgram.bytes())
            let set = try sample.open(in: try TestFolder()).bootFiles()
            #expect(set.warnings.contains { $0.contains(Self.warning) } == warns)
        }
    }

    @Test("a loader with a damaged signature is taken, with a warning")
    func damagedSignature() throws {
        var sample = SampleImage()
        sample.builder.files["Windows/Boot/EFI/bootmgfw.efi"] = TinyProgram.adding(
            certificateTable: [1, 2, 3], to: TinyProgram.bytes())
        let set = try sample.open(in: folder).bootFiles(BootFileOptions(generation: .windows2011))
        #expect(set.warnings.count == 1)
        #expect(set.warnings[0].contains("has a signature that cannot be read"))
    }
}
