// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("Fixture boot images")
struct BootImageFixtureTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test(
        "carry their architecture and the loaders that it has",
        arguments: [
            (FixtureArchitecture.x64, "x86_64", true), (.x86, "x86", true), (.arm64, "ARM64", false),
        ])
    func architecture(_ architecture: FixtureArchitecture, name: String, hasBIOS: Bool) throws {
        let image = folder.appending("boot.wim")
        try BootImageFixture(architecture: architecture, fillerByteCount: 1_000).write(to: image)
        let info = try Program.succeed("wimlib-imagex", ["info", image.string]).output
        #expect(info.contains("Architecture:           \(name)"))
        #expect(info.contains("Boot Index:     1"))
        let files = try Program.succeed("wimlib-imagex", ["dir", image.string]).output.split(separator: "\n")
        #expect(files.contains("/Windows/Boot/PCAT/bootmgr") == hasBIOS)
        #expect(files.contains("/Windows/Boot/DVD/PCAT/etfsboot.com") == hasBIOS)
        #expect(files.contains("/sms/bin/\(architecture.clientFolder)/efisys.bin"))
        #expect(files.contains("/Windows/Boot/EFI_EX/bootmgfw_EX.efi"))
        try Program.succeed("wimlib-imagex", ["verify", image.string])
    }

    @Test("come out the same each time")
    func reproducible() throws {
        let images = try ["first.wim", "second.wim"].map { name in
            let image = folder.appending(name)
            try BootImageFixture(fillerByteCount: 100_000).write(to: image)
            return try SmallFile.read(image)
        }
        #expect(images[0] == images[1])
    }

    @Test("hold loaders signed by the authority of their generation", arguments: FixtureArchitecture.allCases)
    func signatures(_ architecture: FixtureArchitecture) throws {
        let image = folder.appending("boot.wim")
        try BootImageFixture(architecture: architecture, fillerByteCount: 0).write(to: image)
        let authorities = [
            "EFI/bootmgfw.efi": "Microsoft Windows Production PCA 2011",
            "EFI_EX/bootmgfw_EX.efi": "Windows UEFI CA 2023",
        ]
        for (loader, authority) in authorities {
            let bytes = try Program.succeed(
                "wimlib-imagex", ["extract", image.string, "1", "/Windows/Boot/\(loader)", "--to-stdout"]
            ).outputBytes
            let file = try folder.write(bytes, to: "loader.efi")
            // The exit status tells only that nobody trusts the authority.
            let said = try Program.run("osslsigncode", ["verify", "-in", file.string]).output
            #expect(said.contains("Issuer : /CN=\(authority)/O=tsmedia fixture"))
            let digests = said.split(separator: "\n")
                .filter { $0.hasPrefix("Current message digest") || $0.hasPrefix("Calculated message digest") }
                .compactMap { $0.split(separator: ":").last }
            #expect(digests.count == 2)
            #expect(Set(digests).count == 1)
        }
    }
}
