// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Fixtures
import Support
import TSMediaTestSupport
import Testing

@testable import BootMedia

/// Whether signatures of loaders hold: osslsigncode and sbsign make them, sbverify and pesign are asked too.
@Suite("Proof of loader signatures", .serialized)
struct SignatureProofTests {
    private static let signer = Result { try ProgramSigner() }

    private static func signature(_ program: [UInt8]) throws -> LoaderSignature {
        try #require(try loaderSignatures(of: program).first)
    }

    @Test(
        "the digest is what pesign computes",
        arguments: [
            TinyProgram.bytes(), TinyProgram.bytes(machine: TinyProgram.x86),
            TinyProgram.bytes() + Array(repeating: 7, count: 4_096),
            TinyProgram.bytes() + Array("odd bytes".utf8) + [1, 2, 3, 4, 5, 6, 7],
        ])
    func digest(program: [UInt8]) throws {
        let work = try TestFolder()
        for bytes in [program, try Self.signer.get().sign(program)] {
            let file = try work.write(bytes, to: "program.efi")
            let asked = try Program.succeed("pesign", ["--hash", "--in=\(file)"]).output
            let digest = try #require(LoaderEvidence(bytes)?.digests[.sha256])
            #expect(asked.contains(digest.hexadecimal()), "\(asked)")
        }
    }

    @Test("a loader that binutils linked has the digest that pesign computes, signed and not")
    func linked() throws {
        let work = try TestFolder()
        let program = try PackageFixture.program(levels: "sbat,1,x\nshim,4,x\n")
        for bytes in [program, try Self.signer.get().sign(program), try Self.signer.get().addSignature(program)] {
            let file = try work.write(bytes, to: "program.efi")
            let asked = try Program.succeed("pesign", ["--hash", "--in=\(file)"]).output
            let digest = try #require(LoaderEvidence(bytes)?.digests[.sha256])
            #expect(asked.contains(digest.hexadecimal()), "\(asked)")
        }
    }

    @Test("a signature that holds is valid, and its certificates are told")
    func holds() throws {
        let signer = try Self.signer.get()
        let signed = try signer.sign(TinyProgram.bytes())
        let signature = try Self.signature(signed)
        #expect(signature.status == .valid)
        #expect(signature.certificateAuthority == "Test Loader CA")
        #expect(signature.signer == "Test Loader Signer")
        #expect(signature.hashAlgorithm == .sha256)
        #expect(signature.isValidToday)
        #expect(signature.authoritySha256 == SHA256.digest(of: try signer.der(signer.authority)).description)
        #expect(signature.signerSha256 == SHA256.digest(of: try signer.der(signer.certificate)).description)
        #expect(!signature.isKnownAuthority)
        #expect(try signer.isAccepted(signed))
    }

    @Test("a signature by each hash that firmware knows holds", arguments: ["sha1", "sha256", "sha384", "sha512"])
    func hashes(name: String) throws {
        let signed = try Self.signer.get().sign(TinyProgram.bytes(), ["-h", name])
        let signature = try Self.signature(signed)
        #expect(signature.status == .valid)
        #expect(signature.hashAlgorithm.rawValue.replacing("-", with: "").lowercased() == name)
    }

    @Test("any byte of the program that changes breaks it, but for the checksum and the place of the signature")
    func changed() throws {
        let signer = try Self.signer.get()
        let signed = try signer.sign(TinyProgram.bytes())
        let checksum = TinyProgram.headerOffset + 24 + 64..<TinyProgram.headerOffset + 24 + 68
        let place = TinyProgram.certificateDirectory..<TinyProgram.certificateDirectory + 8
        for index in TinyProgram.bytes().indices where !place.contains(index) {
            var damaged = signed
            damaged[index] ^= 0x10
            let status = try? loaderSignatures(of: damaged).first?.status
            if checksum.contains(index) {
                #expect(status == .valid, "byte \(index)")
            } else {
                #expect(status != .valid && status != .unproven, "byte \(index)")
            }
        }
    }

    @Test("what follows the program before its signature is signed, and nothing can be put between")
    func appended() throws {
        let signer = try Self.signer.get()
        let signed = try signer.sign(TinyProgram.bytes() + Array(repeating: 9, count: 64))
        #expect(try Self.signature(signed).status == .valid)
        var damaged = signed
        damaged[TinyProgram.bytes().count + 5] ^= 1
        #expect(try Self.signature(damaged).status == .changed)
        #expect(try !signer.isAccepted(damaged))
    }

    @Test("damage to a signature is never taken for one that holds, unless others take it too")
    func damagedSignature() throws {
        let signer = try Self.signer.get()
        let signed = try signer.sign(TinyProgram.bytes())
        var random = SeededGenerator(seed: 22)
        var brokenCount = 0
        for _ in 0..<300 {
            var damaged = signed
            let index = Int.random(in: TinyProgram.bytes().count + 8..<signed.count, using: &random)
            damaged[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            guard let signature = try? loaderSignatures(of: damaged).first, signature.status == .valid else {
                brokenCount += 1
                continue
            }
            // Padding, attributes that nobody signed, or how a length is written.
            #expect(try signer.isAccepted(damaged), "byte \(index)")
        }
        #expect(brokenCount > 200)
    }

    @Test("a certificate that the authority did not issue proves nothing, whatever it is called")
    func forgedIssuer() throws {
        let (genuine, other) = (try ProgramSigner(), try ProgramSigner())
        // The signer of one, with the authority of the other, which has the same name.
        let signed = try genuine.sign(TinyProgram.bytes(), bringsAuthority: false, ["-ac", other.authority.string])
        let signature = try Self.signature(signed)
        #expect(signature.status == .unproven)
        #expect(signature.authoritySha256 == nil)
        #expect(try !other.isAccepted(signed))
    }

    @Test("a certificate that is no authority's proves nothing")
    func notAnAuthority() throws {
        let signer = try ProgramSigner(isCertificateAuthority: false)
        #expect(try Self.signature(try signer.sign(TinyProgram.bytes())).status == .unproven)
    }

    @Test("an authority that is not at hand leaves the signature unproven; a shim that firmware starts proves it")
    func vendor() throws {
        let (microsoft, debian) = (
            try ProgramSigner(authority: "Firmware CA"), try ProgramSigner(authority: "Vendor CA")
        )
        let certificate = try debian.der(debian.authority)
        var section: [UInt8] = []
        for number in [UInt32(certificate.count), 0, 16, 16 + UInt32(certificate.count)] {
            section.append(littleEndian: number)
        }
        let shim = try PackageFixture.program(section: ".vendor_cert", section + certificate)
        let grub = try debian.sign(TinyProgram.bytes(), bringsAuthority: false)
        func loaders(_ shim: [UInt8]) -> [LoaderInspection] {
            LoaderInspection.all([("shim", LoaderEvidence(shim)), ("grub", LoaderEvidence(grub))])
        }
        #expect(try Self.signature(grub).status == .unproven)
        let proven = loaders(try microsoft.sign(shim))
        #expect(proven.flatMap(\.signatures).map(\.status) == [.valid, .valid])
        #expect(proven[1].signatures.first?.authoritySha256 == SHA256.digest(of: certificate).description)
        // A shim that firmware does not start proves nothing.
        #expect(loaders(shim)[1].signatures.map(\.status) == [.unproven])
        var changed = try microsoft.sign(shim)
        changed[0x3F] ^= 1
        changed[2] ^= 1
        #expect(loaders(changed)[1].signatures.map(\.status) == [.unproven])
    }

    @Test("the certificates of a shim may be a signature list, and anything else is none")
    func vendorList() throws {
        let signer = try Self.signer.get()
        try Program.succeed(
            "cert-to-efi-sig-list", [signer.authority.string, "list.esl"], in: signer.work.path)
        let list = try SmallFile.read(signer.work.appending("list.esl"))
        var head: [UInt8] = []
        for number in [UInt32(list.count), 0, 16, 16] { head.append(littleEndian: number) }
        let shim = try PackageFixture.program(section: ".vendor_cert", head + list)
        #expect(try LoaderEvidence(shim)?.vendorCertificates.map(\.der) == [signer.der(signer.authority)])
        for bytes in [[], [1], Array(repeating: 0xFF, count: 64), head] as [[UInt8]] {
            #expect(
                LoaderEvidence(try PackageFixture.program(section: ".vendor_cert", bytes + [0]))?.vendorCertificates
                    == [])
        }
    }

    @Test("a certificate that has expired is told, and its signature holds: firmware does not look at the day")
    func expired() throws {
        let signer = try ProgramSigner(days: 1)
        let evidence = try #require(LoaderEvidence(try signer.sign(TinyProgram.bytes())))
        let now = FileIdentity.Instant.now.timestamp
        let later = Timestamp(unixSeconds: now.unixSeconds + 3 * 86_400)
        let earlier = Timestamp(unixSeconds: now.unixSeconds - 3 * 86_400)
        #expect(evidence.signatures(provenBy: [], now: now).map(\.isValidToday) == [true])
        #expect(evidence.signatures(provenBy: [], now: later).map(\.isValidToday) == [false])
        #expect(evidence.signatures(provenBy: [], now: earlier).map(\.isValidToday) == [false])
        #expect(evidence.signatures(provenBy: [], now: later).map(\.status) == [.valid])
    }

    @Test("every signature of a program is held against it: those in its table, and those inside others")
    func several() throws {
        let (first, second) = (try ProgramSigner(authority: "First CA"), try ProgramSigner(authority: "Second CA"))
        let table = try second.addSignature(try first.sign(TinyProgram.bytes()))
        let found = try loaderSignatures(of: table)
        #expect(found.map(\.certificateAuthority) == ["First CA", "Second CA"])
        #expect(found.map(\.status) == [.valid, .unproven])
        let nested = try second.sign(try first.sign(TinyProgram.bytes()), ["-nest"])
        let all = LoaderInspection.all([("nested", LoaderEvidence(nested))])[0]
        #expect(all.certificates == ["First CA"])
        #expect(all.signatures.map(\.certificateAuthority) == ["First CA", "Second CA"])
        #expect(all.signatures.map(\.isNested) == [false, true])
        #expect(all.signatures.map(\.status) == [.valid, .valid])
    }

    @Test("a loader with signatures of which none holds is forged; one without any is not")
    func forged() throws {
        func inspection(_ program: [UInt8]) -> LoaderInspection {
            LoaderInspection.all([("loader", LoaderEvidence(program))])[0]
        }
        var signed = try Self.signer.get().sign(TinyProgram.bytes())
        #expect(!inspection(signed).isForged)
        #expect(!inspection(TinyProgram.bytes()).isForged)
        signed[0x200] ^= 1
        #expect(inspection(signed).isForged)
        #expect(inspection([1, 2, 3]).architecture == nil)
        let damaged = TinyProgram.adding(certificateTable: [9, 0, 0, 0, 0, 2, 2, 0], to: TinyProgram.bytes())
        #expect(inspection(damaged).isForged && inspection(damaged).hasDamagedSignature)
        #expect(inspection(damaged).architecture == .x64)
    }

    @Test("sections that name the same bytes over and over are not hashed")
    func overlapping() throws {
        var program = TinyProgram.bytes()
        // Sixty thousand sections, all of them the same bytes of the headers.
        program[TinyProgram.headerOffset + 6] = 0x60
        program[TinyProgram.headerOffset + 7] = 0xEA
        program += Array(repeating: 1, count: 40 * 60_000)
        #expect(LoaderEvidence(program)?.digests[.sha256] == nil)
    }

    @Test("programs that are damaged at random are read without a trap")
    func mutated() throws {
        let signed = try Self.signer.get().sign(try PackageFixture.program(levels: "sbat,1,x\nshim,4,x\n"))
        var random = SeededGenerator(seed: 7)
        for _ in 0..<400 {
            let bytes = Mutation.apply(to: signed, &random)
            for loader in LoaderInspection.all([("loader", LoaderEvidence(bytes))]) {
                #expect(loader.signatures.count <= 16)
            }
        }
    }
}
