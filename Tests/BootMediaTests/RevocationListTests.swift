// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import BootMedia

/// Lists of what firmware refuses, as efitools and sbsiglist write them.
@Suite("Lists of revoked loaders")
struct RevocationListTests {
    private let work: TestFolder
    private let signer: ProgramSigner
    private let signed: [UInt8]

    init() throws {
        work = try TestFolder()
        signer = try ProgramSigner()
        signed = try signer.sign(TinyProgram.bytes())
    }

    private func reasons(_ list: [UInt8], _ program: [UInt8]? = nil) throws -> [String] {
        let list = try RevocationList([(name: "list", bytes: list)])
        return try #require(
            LoaderInspection.all([("loader", LoaderEvidence(program ?? signed))], revocations: list)[0].revocations)
    }

    /// What the program of efitools called `name` writes to its last argument.
    private func list(_ name: String, _ arguments: [String]) throws -> [UInt8] {
        let file = work.appending("list-\(name)").string
        try Program.succeed(name, arguments + [file])
        return try SmallFile.read(FilePath(file))
    }

    private func programList() throws -> [UInt8] {
        try list("hash-to-efi-sig-list", [try work.write(signed, to: "signed.efi").string])
    }

    @Test("a program is found by its digest, signed or not, and others are not")
    func programs() throws {
        let found = try reasons(try programList())
        #expect(found.count == 1 && found[0].contains("SHA-256"))
        let other = try signer.sign(TinyProgram.bytes(marker: "other"))
        #expect(try reasons(try programList(), other) == [])
        let unsigned = try list("hash-to-efi-sig-list", [try work.write(TinyProgram.bytes(), to: "plain.efi").string])
        #expect(try reasons(unsigned, TinyProgram.bytes()).count == 1)
    }

    @Test("a certificate revokes what it signed and what those signed that it issued")
    func certificates() throws {
        for certificate in [signer.authority, signer.certificate] {
            let list = try list("cert-to-efi-sig-list", [certificate.string])
            #expect(try reasons(list).count == 1)
            #expect(try reasons(list, TinyProgram.bytes()) == [])
            // By sbsiglist the same.
            let file = work.appending("sbsiglist.esl")
            let der = try work.write(try signer.der(certificate), to: "certificate.der")
            try Program.succeed(
                "sbsiglist",
                [
                    "--owner", "77fa9abd-0359-4d32-bd60-28f4e78f784b", "--type", "x509", "--output", file.string,
                    der.string,
                ])
            #expect(try reasons(try SmallFile.read(file)).count == 1)
        }
        let other = try ProgramSigner()
        #expect(try reasons(try list("cert-to-efi-sig-list", [other.authority.string])) == [])
    }

    @Test("an authority that the signature does not bring along is found by its certificate")
    func certificateNotAtHand() throws {
        let list = try list("cert-to-efi-sig-list", [signer.authority.string])
        #expect(try reasons(list, try signer.sign(TinyProgram.bytes(), bringsAuthority: false)).count == 1)
    }

    @Test("a certificate is found by the digest of what its issuer signed, with the time")
    func certificateDigests() throws {
        for certificate in [signer.authority, signer.certificate] {
            let always = try reasons(
                try list("cert-to-efi-hash-list", ["-s", "256", certificate.string]))
            #expect(always.count == 1 && !always[0].contains("from"), "\(always)")
            let later = try reasons(
                try list("cert-to-efi-hash-list", ["-t", "2026-02-03 04:05:06", "-s", "256", certificate.string]))
            #expect(later.count == 1 && later[0].hasSuffix("from 2026-02-03T04:05:06Z on"), "\(later)")
        }
        let other = try ProgramSigner()
        let list = try list("cert-to-efi-hash-list", ["-s", "256", other.authority.string])
        #expect(try reasons(list) == [])
    }

    @Test("any signature of the table that is revoked revokes the loader, and one inside another does not")
    func severalSignatures() throws {
        let second = try ProgramSigner(authority: "Second CA")
        let list = try list("cert-to-efi-sig-list", [second.authority.string])
        #expect(try reasons(list, try second.addSignature(signed)).count == 1)
        #expect(try reasons(list, try second.sign(signed, ["-nest"])) == [])
    }

    @Test("a list is read in an update that is signed, and as Linux shows the variable")
    func forms() throws {
        let list = try programList()
        let plain = try work.write(list, to: "plain.esl")
        let update = work.appending("update.auth")
        try Program.succeed(
            "sign-efi-sig-list",
            ["-a", "-c", signer.certificate.string, "-k", signer.key.string, "dbx", plain.string, update.string])
        #expect(try reasons(try SmallFile.read(update)).count == 1)
        #expect(try reasons([0x27, 0, 0, 0] + list).count == 1)
    }

    @Test("lists follow each other, and each counts")
    func joined() throws {
        let certificates = try list("cert-to-efi-sig-list", [signer.authority.string])
        #expect(try reasons(try programList() + certificates).count == 2)
        let both = try RevocationList([("a", try programList()), ("b", certificates)])
        #expect(both.count == 2)
    }

    @Test("a list of a kind that is not known is told, and the others count")
    func unknownKind() throws {
        var foreign = try programList()
        foreign[0] ^= 1
        let list = try RevocationList([("list", try programList() + foreign)])
        #expect(list.count == 1)
        #expect(list.warnings.map(\.description).contains { $0.contains("type c1c41627-") }, "\(list.warnings)")
    }

    @Test("components of older generations are revoked, the same and newer are not")
    func generations() throws {
        let program = try PackageFixture.program(levels: "sbat,1,x\nshim,4,x\ngrub,3,x\n")
        #expect(try reasons(Array("sbat,1,2025051000\nshim,4\ngrub,3\n".utf8), program) == [])
        let old = try reasons(Array("sbat,1,2025051000\nshim,4\ngrub,5\ngrub.proxmox,2\n".utf8), program)
        #expect(old == ["grub 3 is older than 5, which the list asks for"])
        #expect(try reasons(Array("sbat,1,2025051000\nshim,4\n".utf8), TinyProgram.bytes()) == [])
    }

    @Test(
        "what is no list is refused, and not taken for an empty one",
        arguments: [
            [], [0], Array("sbat,1\n".utf8), Array("hello\n".utf8), Array(repeating: 0, count: 28),
            Array(repeating: 0xFF, count: 200),
        ] as [[UInt8]])
    func noList(bytes: [UInt8]) throws {
        let error = #expect(throws: BootMediaError.self) { try RevocationList([(name: "list", bytes: bytes)]) }
        #expect(error?.code == .damagedRevocationList)
    }

    @Test("a list that is cut short anywhere is refused")
    func cut() throws {
        let list = try programList() + list("cert-to-efi-sig-list", [signer.authority.string])
        let whole = try programList().count
        for count in 0..<list.count where count != whole {
            #expect(throws: BootMediaError.self, "cut to \(count)") {
                try RevocationList([(name: "list", bytes: Array(list.prefix(count)))])
            }
        }
    }

    @Test("lists that are damaged at random are read without a trap")
    func mutated() throws {
        let lists = [
            try programList(), try list("cert-to-efi-sig-list", [signer.authority.string]),
            try list("cert-to-efi-hash-list", ["-s", "256", signer.authority.string]),
            Array("sbat,1,2025051000\nshim,4\ngrub,5\n".utf8),
        ]
        var random = SeededGenerator(seed: 5)
        for bytes in lists + [lists[0] + lists[1] + lists[2]] {
            for _ in 0..<300 { _ = try? reasons(Mutation.apply(to: bytes, &random)) }
        }
    }
}
