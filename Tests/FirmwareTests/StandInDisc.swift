// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport

/// A disc with the stand-in loaders that xorriso wrote, so that loaders and harness are tried without our own writer.
struct StandInDisc {
    var architecture = FixtureArchitecture.x64
    var generation = UEFILoader.Generation.windows2011
    var asksForKey = true
    /// Files left out, by their path on the disc.
    var missing: Set<String> = []
    /// True for directory records that end in `;1`, as ISO 9660 wants them and etfsboot.com does not.
    var hasVersionNumbers = false
    /// True for a disc with Joliet names beside those of ISO 9660.
    var hasJoliet = true
    var hasUEFIEntry = true
    var hasBIOSEntry = true

    /// Something the size of a small boot image, whose last block is not full.
    static let bootImage = FixtureContent.filler(byteCount: 3_000_001, seed: 7)

    /// Writes the disc to `folder`; returns its path and the hash of the boot image.
    func write(to folder: TestFolder) throws -> (disc: FilePath, bootImageDigest: SHA256Digest?) {
        let signer = try LoaderSigner(generation: generation)
        func loader(_ role: UEFILoader.Role) throws -> [UInt8] {
            try UEFILoader(role: role, generation: generation, architecture: architecture).build(signer: signer)
        }
        let removable = architecture.removableMediaLoader
        let floppy = try ElToritoFloppy.make(
            loader: try loader(asksForKey ? .efisys : .efisysNoPrompt), name: removable)
        var files: [String: FixtureContent] = [
            "bootmgr": .bytes(try BIOSLoader.bootmgr.assemble()),
            "boot/BCD": .text("placeholder"), "boot/boot.sdi": .text("placeholder"),
            "boot/etfsboot.com": .bytes(try BIOSLoader.etfsboot.assemble()), "boot/efisys.bin": .bytes(floppy),
            "EFI/Boot/\(removable)": .bytes(try loader(.bootmgfw)), "EFI/Microsoft/Boot/BCD": .text("placeholder"),
            "sources/boot.wim": Self.bootImage, "sources/other.txt": .text("so that the folder is always there"),
        ]
        for path in missing { files[path] = nil }
        var tree = FixtureTree()
        for (path, content) in files { try tree.add(path, content) }
        let written = try tree.write(to: folder.appending("root"))
        let disc = folder.appending("disc.iso")
        try Program.succeed(
            "xorriso",
            ["-as", "mkisofs", "-quiet", "-iso-level", "3", "-V", "Configuration Manager"]
                + (hasJoliet ? ["-J"] : []) + (hasVersionNumbers ? [] : ["-N", "-d"])
                + (hasBIOSEntry ? ["-b", "boot/etfsboot.com", "-no-emul-boot", "-boot-load-size", "8"] : [])
                + (hasBIOSEntry && hasUEFIEntry ? ["-eltorito-alt-boot"] : [])
                + (hasUEFIEntry ? ["-e", "boot/efisys.bin", "-no-emul-boot"] : [])
                + ["-o", disc.string, folder.appending("root").string])
        return (disc, written[try MediaPath("sources/boot.wim")]?.digest)
    }
}
