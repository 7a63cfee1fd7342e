// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import TSMediaTestSupport
import Testing
import WindowsImaging

@testable import BootMedia

@Suite struct BootImageTests {
    let folder: TestFolder
    init() throws { folder = try TestFolder() }

    @Test("a boot image tells its name, number, version and architecture")
    func properties() throws {
        var sample = SampleImage(.arm64)
        sample.builder.options += [
            "--image-property=WINDOWS/VERSION/MAJOR=10", "--image-property=WINDOWS/VERSION/MINOR=0",
            "--image-property=WINDOWS/VERSION/BUILD=26100", "--image-property=WINDOWS/VERSION/SPBUILD=1",
        ]
        let image = try sample.open(in: folder)
        #expect(image.architecture == .arm64)
        #expect(image.imageIndex == 1)
        #expect(image.name == "Test boot image")
        #expect(image.version == "10.0.26100.1")
    }

    @Test("of several images the one marked for booting is taken, unless another is asked for")
    func markedImage() throws {
        let path = try SampleImage(.x64).builder.build(in: folder)
        let second = try TestFolder()
        try second.write(TinyProgram.bytes(machine: TinyProgram.x86), to: "Windows/Boot/EFI/bootmgfw.efi")
        let append = try Program.run(
            "wimlib-imagex",
            ["append", second.path.string, path.string, "Second", "--boot", "--image-property=WINDOWS/ARCH=0"])
        try #require(append.status == 0, "\(append.errorText)")
        #expect(try BootImage(path: path).imageIndex == 2)
        #expect(try BootImage(path: path).architecture == .x86)
        #expect(try BootImage(path: path, imageIndex: 1).architecture == .x64)
        let warnings = try BootImage(path: path, imageIndex: 1)
            .bootFiles(BootFileOptions(generation: .windows2011)).warnings
        #expect(warnings.count == 1)
        #expect(warnings[0].contains("does not mark image 1 for booting"))
        let error = #expect(throws: BootMediaError.self) { try BootImage(path: path, imageIndex: 3) }
        #expect(error?.failureClass == .notFound)
    }

    @Test("an image that is not marked for booting is a warning")
    func unmarked() throws {
        var sample = SampleImage()
        sample.builder.options = ["--compress=none"]
        let set = try sample.open(in: folder).bootFiles(BootFileOptions(generation: .windows2011))
        #expect(set.warnings.count == 1)
        #expect(set.warnings[0].contains("does not mark image 1 for booting"))
    }

    @Test("an image that does not say its architecture has that of its loader")
    func architectureOfLoader() throws {
        var sample = SampleImage(.arm64)
        sample.builder.architecture = nil
        #expect(try sample.open(in: folder).architecture == .arm64)
        sample.remove("Windows/Boot/EFI")
        let path = try sample.builder.build(in: folder, as: "without-loader.wim")
        let error = #expect(throws: BootMediaError.self) { try BootImage(path: path) }
        #expect(error?.code == .unknownArchitecture)
    }

    @Test(
        "a loader for another architecture than the image is an error that names it",
        arguments: ["Windows/Boot/EFI/bootmgfw.efi", "Windows/Boot/EFI/bootmgr.efi"])
    func mismatch(loader: String) throws {
        var sample = SampleImage(.x64)
        sample.builder.files[loader] = TinyProgram.bytes(machine: TinyProgram.arm64)
        let image = try sample.open(in: folder)
        let error = #expect(throws: BootMediaError.self) { try image.bootFiles() }
        #expect(error?.code == .architectureMismatch)
        #expect(error?.description.contains(loader) == true)
        #expect(error?.description.contains("is for arm64, but the image is for x64") == true)
    }

    @Test("a loader that is no program is an error")
    func notAProgram() throws {
        var sample = SampleImage()
        sample.add(["Windows/Boot/EFI/bootmgfw.efi"])
        let image = try sample.open(in: folder)
        let error = #expect(throws: BootMediaError.self) { try image.bootFiles() }
        #expect(error?.code == .notAnExecutable)
    }

    @Test("a file over the limit is refused")
    func tooLarge() throws {
        var sample = SampleImage()
        sample.builder.files["Windows/Boot/Fonts/huge.ttf"] = Array(
            repeating: 0, count: BootImage.fileByteCountLimit + 1)
        sample.builder.options = ["--compress=xpress", "--boot"]
        let image = try sample.open(in: folder)
        let error = #expect(throws: BootMediaError.self) { try image.bootFiles() }
        #expect(error?.underlying?.code == .tooLarge)
        #expect(error?.description.contains("Windows/Boot/Fonts/huge.ttf") == true)
    }

    @Test("more fonts than any image has are refused")
    func tooManyFonts() throws {
        var sample = SampleImage()
        sample.add((0...BootImage.fileCountLimit).map { "Windows/Boot/Fonts/\($0).ttf" })
        let image = try sample.open(in: folder)
        let error = #expect(throws: BootMediaError.self) { try image.bootFiles() }
        #expect(error?.code == .tooManyFiles)
    }

    @Test("a flipped bit in a loader is an error, not a boot file")
    func flippedBit() throws {
        let path = try SampleImage().builder.build(in: folder)
        var bytes = try SmallFile.read(path)
        let needle = Array("Windows/Boot/PCAT/bootmgr".utf8)  // its content; names are UTF-16
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: needle) })
        bytes[place] ^= 1
        let image = try BootImage(path: try folder.write(bytes, to: "flipped.wim"))
        let error = #expect(throws: BootMediaError.self) { try image.bootFiles() }
        #expect(error?.underlying?.code == .damaged)
        #expect(error?.failureClass == .malformed)
    }

    @Test("a file that does not exist and a file that is no WIM are told apart")
    func notAnImage() throws {
        let absent = #expect(throws: BootMediaError.self) { try BootImage(path: folder.appending("absent.wim")) }
        #expect(absent?.failureClass == .notFound)
        let text = try folder.write(Array(repeating: 65, count: 4_096), to: "text")
        let other = #expect(throws: BootMediaError.self) { try BootImage(path: text) }
        #expect(other?.failureClass == .malformed)
    }

    @Test(
        "the demo boot image gives signed loaders of either set",
        arguments: [LoaderGeneration.windows2011, .windows2023])
    func fixture(generation: LoaderGeneration) throws {
        let path = folder.appending("fixture.wim")
        try BootImageFixture().write(to: path)
        let set = try BootImage(path: path).bootFiles(BootFileOptions(generation: generation))
        let loader = try #require(set.uefiLoader)
        #expect(
            try loaderSignatures(of: loader.contents).first?.certificateAuthority
                == (generation == .windows2023 ? "Windows UEFI CA 2023" : "Microsoft Windows Production PCA 2011"))
        #expect(set.biosBootImagePath != nil)
        #expect(set.warnings == [])
    }
}
