// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TSMediaTestSupport
import Testing

@testable import OpenBootImage

@Suite("Kernel modules")
struct KernelModuleTests {
    private func module(_ path: String, _ needs: [String] = [], aliases: [String] = []) throws -> KernelModule {
        try #require(
            KernelModule(
                path: path,
                bytes: try PackageFixture.module(
                    ["license=GPL", "depends=\(needs.joined(separator: ","))"] + aliases.map { "alias=\($0)" })))
    }

    @Test("a module says what it needs, what it serves and which firmware it loads")
    func information() throws {
        let bytes = try PackageFixture.module([
            "alias=pci:v00008086d*", "firmware=x/y.bin", "depends=scsi-mod,libata", "alias=b", "vermagic=1",
        ])
        let module = try #require(KernelModule(path: "kernel/drivers/ata/ahci-x.ko.xz", bytes: bytes))
        #expect(module.path == "kernel/drivers/ata/ahci-x.ko")
        #expect(module.name == "ahci_x")
        #expect(module.dependencies == ["scsi_mod", "libata"])
        #expect(module.aliases == ["pci:v00008086d*", "b"])
        #expect(module.firmware == ["x/y.bin"])
    }

    @Test("a module cut short anywhere is read or not, and never traps")
    func truncated() throws {
        let bytes = try PackageFixture.module(["alias=a", "depends=b"])
        for count in 0..<bytes.count { _ = KernelModule(path: "a.ko", bytes: Array(bytes.prefix(count))) }
        for place in 0..<min(bytes.count, 600) {
            var bytes = bytes
            bytes[place] = 0xFF
            _ = KernelModule(path: "a.ko", bytes: bytes)
            _ = ELFFile(bytes)?.neededLibraries
        }
    }

    @Test("the modules that are asked for come with all that they need, each behind it")
    func selection() throws {
        let all = [
            try module("kernel/c.ko", ["b"]), try module("kernel/b.ko", ["a"]), try module("kernel/a.ko"),
            try module("kernel/z.ko"),
        ]
        let selection = ModuleSelection(["c", "not-there", "a"], among: all)
        #expect(selection.modules.map(\.name) == ["a", "b", "c"])
        #expect(
            String(decoding: selection.dependencyIndex, as: UTF8.self)
                == "kernel/a.ko:\nkernel/b.ko: kernel/a.ko\nkernel/c.ko: kernel/b.ko kernel/a.ko\n")
    }

    @Test("modules that need each other are taken once")
    func cycle() throws {
        let all = [try module("kernel/a.ko", ["b"]), try module("kernel/b.ko", ["a"])]
        let selection = ModuleSelection(["a"], among: all)
        #expect(Set(selection.modules.map(\.name)) == ["a", "b"])
        #expect(selection.dependencyIndex.count == "kernel/a.ko: kernel/b.ko\n".utf8.count * 2)
    }

    @Test("the order of wishes does not change the index")
    func order() throws {
        let all = [try module("kernel/a.ko", aliases: ["one"]), try module("kernel/b.ko", aliases: ["two", "three"])]
        let (first, second) = (ModuleSelection(["a", "b"], among: all), ModuleSelection(["b", "a"], among: all))
        #expect(first.aliasIndex == second.aliasIndex)
        #expect(first.dependencyIndex == second.dependencyIndex)
        #expect(String(decoding: first.aliasIndex, as: UTF8.self).contains("\nalias three b\n"))
    }
}
