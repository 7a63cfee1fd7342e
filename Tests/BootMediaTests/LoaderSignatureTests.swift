// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Identifiers
import Support
import TSMediaTestSupport
import Testing
import WindowsImaging

@testable import BootMedia

@Suite struct LoaderSignatureTests {
    private static let signed2011 = Result { try LoaderSigner(generation: .windows2011).sign(TinyProgram.bytes()) }
    private static let signed2023 = Result { try LoaderSigner(generation: .windows2023).sign(TinyProgram.bytes()) }

    private func loaderSignature(of program: [UInt8]) throws -> LoaderSignature? {
        try loaderSignatures(of: program).first
    }

    /// The certificate table of a signed program, by its own directory entry.
    private static func table(_ program: [UInt8]) throws -> [UInt8] {
        let reader = ByteReader(program)
        let offset = try #require(reader.littleEndian(UInt32.self, at: TinyProgram.certificateDirectory))
        let length = try #require(reader.littleEndian(UInt32.self, at: TinyProgram.certificateDirectory + 4))
        return Array(try #require(reader.slice(at: Int(offset), length: Int(length))))
    }

    @Test("the authority and the signer of a loader are named")
    func names() throws {
        let later = try #require(try loaderSignature(of: try Self.signed2023.get()))
        #expect(later.certificateAuthority == "Windows UEFI CA 2023")
        #expect(later.signer == "Microsoft Windows")
        let earlier = try #require(try loaderSignature(of: try Self.signed2011.get()))
        #expect(earlier.certificateAuthority == "Microsoft Windows Production PCA 2011")
        #expect(earlier.signer == "Microsoft Windows")
    }

    @Test("32-bit programs are read too")
    func pe32() throws {
        let signed = try LoaderSigner(generation: .windows2023).sign(TinyProgram.bytes(machine: TinyProgram.x86))
        #expect(try loaderSignature(of: signed)?.certificateAuthority == "Windows UEFI CA 2023")
        #expect(PortableExecutable(signed)?.architecture == .x86)
    }

    @Test("a certificate without a common name is told by its whole name")
    func withoutCommonName() throws {
        let work = try TestFolder()
        let key = work.appending("key.pem").string
        let certificate = work.appending("certificate.pem").string
        let request = try Program.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
                "-subj", "/O=Nameless", "-addext", "extendedKeyUsage=codeSigning",
            ])
        try #require(request.status == 0, "\(request.errorText)")
        let program = try work.write(TinyProgram.bytes(), to: "plain.efi").string
        let signed = work.appending("signed.efi")
        let signing = try Program.run(
            "osslsigncode",
            ["sign", "-certs", certificate, "-key", key, "-in", program, "-out", signed.string])
        try #require(signing.status == 0, "\(signing.errorText)")
        let signature = try #require(try loaderSignature(of: try SmallFile.read(signed)))
        #expect(signature.certificateAuthority == "/O=Nameless")
        #expect(signature.signer == "/O=Nameless")
        #expect(signature.status == .valid)
    }

    @Test("every signature of a loader is told, in order")
    func twoSignatures() throws {
        let table = try Self.table(try Self.signed2023.get()) + Self.table(try Self.signed2011.get())
        let both = TinyProgram.adding(certificateTable: table, to: TinyProgram.bytes())
        #expect(
            try loaderSignatures(of: both).map(\.certificateAuthority)
                == ["Windows UEFI CA 2023", "Microsoft Windows Production PCA 2011"])
        #expect(try loaderSignature(of: both)?.certificateAuthority == "Windows UEFI CA 2023")
    }

    @Test("an unsigned program has no signature")
    func unsigned() throws {
        #expect(try loaderSignature(of: TinyProgram.bytes()) == nil)
        #expect(try loaderSignature(of: TinyProgram.bytes(machine: TinyProgram.arm64)) == nil)
    }

    @Test("certificates of other types are passed over")
    func otherTypes() throws {
        var table = try Self.table(try Self.signed2023.get())
        table[6] = 1  // WIN_CERT_TYPE_X509
        #expect(
            try loaderSignature(of: TinyProgram.adding(certificateTable: table, to: TinyProgram.bytes())) == nil)
    }

    @Test(
        "a damaged certificate table is told from none",
        arguments: [
            [], [1], Array(repeating: 0, count: 8), [9, 0, 0, 0, 0, 2, 2, 0],
            [7, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0], [16, 0, 0, 0, 0, 2, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8],
            [0xFF, 0xFF, 0xFF, 0xFF, 0, 2, 2, 0],
        ] as [[UInt8]])
    func damagedTable(table: [UInt8]) throws {
        var program = TinyProgram.adding(certificateTable: table, to: TinyProgram.bytes())
        if table.isEmpty { program[TinyProgram.certificateDirectory + 4] = 8 }
        let error = #expect(throws: BootMediaError.self) { try loaderSignature(of: program) }
        #expect(error?.code == .damagedSignature)
        #expect(error?.failureClass == .malformed)
    }

    @Test("a signed program cut short has a damaged signature or is no program, wherever it is cut")
    func truncated() throws {
        let signed = try Self.signed2023.get()
        for length in 0..<signed.count {
            let error = #expect(throws: BootMediaError.self, "cut to \(length)") {
                try loaderSignatures(of: Array(signed[..<length]))
            }
            let isHeaderCut = length < TinyProgram.headersEnd
            #expect(error?.code == (isHeaderCut ? .notAnExecutable : .damagedSignature), "cut to \(length)")
        }
    }

    @Test("a flipped bit anywhere in a signed program never crashes us")
    func flipped() throws {
        let signed = try Self.signed2023.get()
        for place in signed.indices {
            var damaged = signed
            damaged[place] ^= 1 << UInt8(place % 8)
            do throws(BootMediaError) { _ = try loaderSignatures(of: damaged) } catch {
                #expect([.notAnExecutable, .damagedSignature].contains(error.code))
            }
        }
    }

    @Test(
        "what is not a program is told from an unsigned one",
        arguments: [[], Array("MZ".utf8), Array(repeating: 0x4D, count: 512)])
    func notAProgram(bytes: [UInt8]) throws {
        let error = #expect(throws: BootMediaError.self) { try loaderSignature(of: bytes) }
        #expect(error?.code == .notAnExecutable)
        #expect(PortableExecutable(bytes) == nil)
    }

    @Test(
        "the machine number names the architecture",
        arguments: [
            (TinyProgram.x86, Architecture.x86), (TinyProgram.x64, .x64), (TinyProgram.arm64, .arm64), (0x01C4, nil),
            (0x0200, nil), (0, nil),
        ] as [(UInt16, Architecture?)])
    func architecture(machine: UInt16, architecture: Architecture?) {
        #expect(PortableExecutable(TinyProgram.bytes(machine: machine))?.architecture == architecture)
    }
}
