// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import WindowsImaging

@testable import BootMedia

/// Which archives Windows Boot Manager reads.
@Suite("Formats of boot images")
struct BootImageFormatTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func image(_ options: [String]) throws -> FilePath {
        var sample = SampleImage()
        sample.builder.options = options + ["--boot"]
        return try sample.builder.build(in: folder)
    }

    @Test(
        "archives as DISM makes them give no warning",
        arguments: [["--compress=none"], ["--compress=xpress"], ["--compress=lzx"], ["--compress=lzx", "--check"]])
    func usual(options: [String]) throws {
        let set = try BootImage(path: try image(options)).bootFiles(BootFileOptions(generation: .windows2011))
        #expect(set.warnings == [])
    }

    @Test("XPRESS with other chunks is a warning that says how to be sure", arguments: ["4K", "16K", "64K"])
    func unproved(chunks: String) throws {
        let image = try BootImage(path: try image(["--compress=xpress", "--chunk-size=\(chunks)"]))
        let warnings = try image.bootFiles(BootFileOptions(generation: .windows2011)).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("with XPRESS in chunks of") == true)
        #expect(
            warnings.first?.contains("wimlib-imagex export SOURCE INDEX TARGET --boot --compress=LZX --chunk-size=32K")
                == true)
    }

    @Test(
        "what no boot manager reads is refused, with the way out",
        arguments: [
            (["--solid"], "the format of .esd files"),
            (["--solid", "--solid-compress=lzx"], "the format of .esd files"),
            (["--compress=lzms"], "the format of .esd files"),
            (["--compress=lzx", "--chunk-size=64K"], "with LZX in chunks of 65536"),
            (["--compress=lzx", "--chunk-size=2M"], "with LZX in chunks of 2097152"), (["--pipable"], "a pipable WIM"),
        ])
    func unreadable(options: [String], problem: String) throws {
        let path = try image(options)
        let error = #expect(throws: BootMediaError.self) { try BootImage(path: path) }
        #expect(error?.code == .unreadableFormat)
        #expect(error?.failureClass == .malformed)
        #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
        // The advice holds.
        let target = folder.appending("exported.wim")
        try Program.succeed(
            "wimlib-imagex",
            ["export", path.string, "1", target.string, "--boot", "--compress=LZX", "--chunk-size=32K"])
        #expect(try BootImage(path: target).bootFiles(BootFileOptions(generation: .windows2011)).warnings == [])
    }

    @Test("a part of a split boot image is refused")
    func part() throws {
        var sample = SampleImage()
        for name in ["a", "b"] {
            var generator = SeededGenerator(seed: UInt64(name.utf8.first ?? 0))
            sample.builder.files[name] = (0..<400_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        }
        let part = folder.appending("boot.swm")
        let whole = try sample.builder.build(in: folder)
        try Program.succeed("wimlib-imagex", ["split", whole.string, part.string, "0.5"])
        let error = #expect(throws: BootMediaError.self) { try BootImage(path: part) }
        #expect(error?.underlying?.code == .incomplete)
        #expect(error?.nextStep?.contains("join") == true)
    }

    @Test("a flipped byte under an integrity table is found, even where no file's hash looks")
    func integrityTable() throws {
        let bytes = try SmallFile.read(try image(["--compress=none", "--check"]))
        // The reference count of a resource: at 26 in the entries of 50 bytes that the place at 48 of the header names.
        let table = Int(try #require(ByteReader(bytes).littleEndian(UInt64.self, at: 56)))
        for place in [table + 26, 300] {
            var damaged = bytes
            damaged[place] ^= 2
            let path = try folder.write(damaged, to: "flipped.wim")
            let error = #expect(throws: BootMediaError.self) { try BootImage(path: path) }
            #expect(error?.underlying?.code == .damaged)
        }
        let interruption = Interruption()
        interruption.request()
        let sound = try folder.write(bytes, to: "sound.wim")
        let error = #expect(throws: BootMediaError.self) { try BootImage(path: sound, interruption: interruption) }
        #expect(error?.failureClass == .interrupted)
    }

    @Test("a boot image of 4 GiB is told, one of a byte less is not")
    func size() throws {
        #expect(BootImage.sizeWarning((4 << 30) - 1, "boot.wim") == nil)
        #expect(BootImage.sizeWarning(4 << 30, "boot.wim")?.contains("/Compress:max") == true)
        let path = try image(["--compress=none"])
        try Program.succeed("truncate", ["--size=4G", path.string])
        let warnings = try BootImage(path: path).bootFiles(BootFileOptions(generation: .windows2011)).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("has 4294967296 bytes") == true)
    }
}
