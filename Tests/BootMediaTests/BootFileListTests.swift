// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import BootMedia

/// Boot images that are not Windows PE and list their boot files.
@Suite("Boot images with a list of their boot files")
struct BootFileListTests {
    private let work: TestFolder

    init() throws { work = try TestFolder() }

    private static let files = [
        ("bootmgr", "a/mgr", "bios"), ("boot/etfsboot.com", "a/etfs", "bios"),
        ("boot/grub/grub.cfg", "a/cfg", "bios,uefi"),
        ("EFI/Boot/bootx64.efi", "a/shim", "uefi"), ("EFI/Boot/grubx64.efi", "a/grub", "uefi"),
        ("EFI/Microsoft/Boot/efisys.bin", "a/efisys", "uefi"),
    ]

    private func entry(_ target: String, _ source: String, _ firmware: String) -> String {
        let names = firmware.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"target":"\#(target)","source":"\#(source)","firmware":[\#(names)]}"#
    }

    private func list(_ files: [(String, String, String)]) -> String {
        #"{"format":1,"files":[\#(files.map { entry($0, $1, $2) }.joined(separator: ","))]}"#
    }

    /// An image with all files of ``files`` but `absent`, and the list `list`.
    private func image(_ list: String, without absent: String? = nil, loader: [UInt8]? = nil) throws -> BootImage {
        let program = try loader ?? SmallFile.read(try UnsignedLoader.file(in: work))
        var contents: [String: [UInt8]] = ["tsmedia/boot-files.json": Array(list.utf8)]
        for (_, source, _) in Self.files where source != absent {
            contents[source] = source == "a/shim" || source == "a/grub" ? program : Array(source.utf8)
        }
        return try BootImage(path: try BootImageBuilder(files: contents).build(in: work))
    }

    @Test("media gets the files where the list says, and no BCD or boot.sdi is asked for")
    func places() throws {
        let set = try image(list(Self.files)).bootFiles()
        #expect(set.files.map(\.path.description).sorted() == Self.files.map(\.0).sorted())
        #expect(set.biosBootImagePath?.description == "boot/etfsboot.com")
        #expect(set.uefiBootImagePath?.description == "EFI/Microsoft/Boot/efisys.bin")
        // The loader of this test is nobody's.
        #expect(set.warnings.count == 1)
        #expect(set.files.first { $0.path.description == "boot/grub/grub.cfg" }?.contents == Array("a/cfg".utf8))
    }

    @Test("no prompt and a prompt are the same")
    func prompts() throws {
        let image = try image(list(Self.files))
        #expect(try image.bootFiles(.init(promptsForKey: false)) == image.bootFiles(.init(promptsForKey: true)))
    }

    @Test("a file that the list names and the image lacks leaves the other firmware, and says so")
    func missing() throws {
        let set = try image(list(Self.files), without: "a/mgr").bootFiles()
        #expect(set.biosBootImagePath == nil)
        #expect(set.uefiBootImagePath != nil)
        #expect(set.warnings.count == 2)
    }

    @Test("what a firmware starts with is wanted though the list has it not")
    func unlisted() throws {
        let set = try image(list(Self.files.filter { $0.0 != "bootmgr" })).bootFiles()
        #expect(set.biosBootImagePath == nil)
        #expect(set.files.contains { $0.path.description == "boot/grub/grub.cfg" })
    }

    @Test(
        "a list that places files among those of media, twice, or that is none, is refused",
        arguments: [
            "", "[]", #"{"format":2,"files":[]}"#, #"{"format":1}"#, #"{"format":1,"files":[{}]}"#,
            #"{"format":1,"files":[{"target":"SMS/data/x","source":"a","firmware":[]}]}"#,
            #"{"format":1,"files":[{"target":"sources/boot.wim","source":"a","firmware":["bios"]}]}"#,
            #"{"format":1,"files":[{"target":"boot","source":"a","firmware":["bios"]}]}"#,
            #"{"format":1,"files":[{"target":"boot/../SMS/x","source":"a","firmware":["bios"]}]}"#,
            #"{"format":1,"files":[{"target":"boot/x","source":"a/*","firmware":["bios"]}]}"#,
            #"{"format":1,"files":[{"target":"boot/x","source":"a","firmware":["coreboot"]}]}"#,
            #"{"format":1,"files":[{"target":"boot/x","source":"a","firmware":["bios"]},{"target":"BOOT/X","source":"b","firmware":["bios"]}]}"#,
        ])
    func hostile(text: String) throws {
        let image = try image(text)
        let error = #expect(throws: BootMediaError.self) { _ = try image.bootFiles() }
        #expect(error?.code == .damagedList)
    }

    @Test("more files than any image has are refused")
    func tooMany() throws {
        let many = (0..<600).map { ("boot/x\($0)", "a/cfg", "bios") }
        #expect(throws: BootMediaError.self) { _ = try self.image(self.list(many)).bootFiles() }
    }

    @Test("a loader that is not signed under the authority that is asked for is refused, and automatic takes it")
    func authority() throws {
        let image = try image(list(Self.files))
        #expect(try image.bootFiles(.init(generation: .automatic)).generation == .windows2011)
        for generation in [LoaderGeneration.windows2011, .windows2023] {
            #expect(throws: BootMediaError.self) { _ = try image.bootFiles(.init(generation: generation)) }
        }
    }

    @Test("the authorities under which Microsoft signs the loaders of others count beside those of Windows")
    func names() {
        #expect(LoaderSignature.authorities(of: .windows2011).contains("Microsoft Corporation UEFI CA 2011"))
        #expect(LoaderSignature.authorities(of: .windows2023).contains("Microsoft UEFI CA 2023"))
    }
}

/// A UEFI program that nobody signed.
private enum UnsignedLoader {
    static func file(in work: TestFolder) throws -> FilePath {
        try work.write(try PackageFixture.program(levels: "shim,1\n"), to: "loader.efi")
    }
}
