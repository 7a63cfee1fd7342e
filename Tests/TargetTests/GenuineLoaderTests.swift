// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Loaders that Microsoft and Debian signed, out of the packages of an open boot image.
@Suite("Signatures of genuine loaders", .inTargetSuite)
struct GenuineLoaderTests {
    private let work: TestFolder
    private let shim: FilePath
    private let grub: FilePath

    init() throws {
        work = try TestFolder()
        let packages = Repository.file(".build-packages")
        for package in try FolderEntry.entries(of: packages).compactMap(\.name)
        where package.hasPrefix("shim-signed_") || package.hasPrefix("grub-efi-amd64-signed_") {
            try Program.succeed("dpkg-deb", ["-x", packages.appending(package).string, work.path.string])
        }
        shim = work.appending("usr/lib/shim/shimx64.efi.signed")
        grub = work.appending("usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed")
    }

    private func loaders(dbx list: RevocationList? = nil) throws -> [LoaderInspection] {
        LoaderInspection.all(
            [
                ("shim", LoaderEvidence(try SmallFile.read(shim))), ("grub", LoaderEvidence(try SmallFile.read(grub))),
            ], revocations: list)
    }

    @Test("signatures hold, under authorities that are known by their certificates; shim's certificate proves GRUB")
    func hold() throws {
        let loaders = try loaders()
        for loader in loaders {
            #expect(!loader.signatures.isEmpty && loader.signatures.allSatisfy { $0.status == .valid }, "\(loader)")
            #expect(loader.signatures.allSatisfy { $0.isKnownAuthority }, "\(loader)")
        }
        #expect(loaders[0].certificates.contains("Microsoft Corporation UEFI CA 2011"))
        #expect(loaders[1].certificates == ["Debian Secure Boot CA"])
        #expect(loaders[0].securityLevels.contains { $0.component == "shim" })
        #expect(loaders[1].securityLevels.contains { $0.component == "grub" })
    }

    @Test("digests and signers are what pesign and sbverify say")
    func witnesses() throws {
        for (file, loader) in zip([shim, grub], try loaders()) {
            let digest = try Program.succeed("pesign", ["--hash", "--in=\(file)"]).output
            #expect(digest.contains(loader.digest ?? "none"), "\(digest)")
            let list = try Program.succeed("sbverify", ["--list", file.string]).output
            for name in loader.certificates + loader.signatures.map(\.signer) { #expect(list.contains("CN=\(name)")) }
        }
    }

    @Test("the list that shim itself has of older generations names neither of them")
    func generations() throws {
        // .sbatlevel: where the two lists begin, then the lists, ended by zeros (github.com/rhboot/shim, sbat_var.S).
        let section = work.appending("sbatlevel")
        try Program.succeed(
            "objcopy", ["-O", "binary", "-j", ".sbatlevel", shim.string, section.string])
        let texts = try SmallFile.read(section).split(separator: 0).map { Array($0) }
            .filter { $0.starts(with: Array("sbat,".utf8)) }
        try #require(!texts.isEmpty)
        for text in texts {
            let list = try RevocationList([(name: "list", bytes: text)])
            #expect(try loaders(dbx: list).map(\.revocations) == [[], []])
        }
        let later = try RevocationList([(name: "list", bytes: Array("sbat,1,2099010100\nshim,99\ngrub,99\n".utf8))])
        #expect(try loaders(dbx: later).allSatisfy { $0.revocations?.count == 1 })
    }

    @Test("Microsoft's authority on a list refuses shim")
    func authority() throws {
        let certificates = try Program.succeed(
            "sh",
            [
                "-c",
                "pesign --in='\(shim)' --export-signature=signature --signature-number=0 --force"
                    + " && openssl pkcs7 -inform der -in signature -print_certs",
            ], in: work.path
        ).output
        let last = try #require(certificates.split(separator: "-----BEGIN").last)
        try work.write("-----BEGIN\(last)".utf8, to: "authority.pem")
        try Program.succeed("cert-to-efi-sig-list", ["authority.pem", "authority.esl"], in: work.path)
        let list = try RevocationList(files: [work.appending("authority.esl")])
        let reasons = try loaders(dbx: list).map { $0.revocations ?? [] }
        #expect(reasons[0].count == 1 && reasons[0][0].contains("Microsoft Corporation UEFI CA 2011"), "\(reasons)")
        #expect(reasons[1].isEmpty)
    }
}
