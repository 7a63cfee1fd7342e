// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TSMediaTestSupport
import Testing

@testable import MediaVariables

@Suite("encrypted container")
struct EncryptedContainerTests {
    private static let zeroVector = String(repeating: "0", count: 32)
    private static let xml = "<?xml version=\"1.0\"?><MediaVarList Version=\"4.00.5345.0000\"></MediaVarList>"

    @Test(
        "the key derivation gives the published vectors",
        arguments: [
            (
                MediaPassword("Password1"),
                "472b14c830bccddc2b57c2f91682e0b39dae488fb213c24bb88985b1af61f433b29b314ccc818289"
            ),
            (
                MediaPassword.none,
                "d15d6a10993a431266d87bf5e6c72252621cfef7c42a749bb4df2aa1a156a95f159bbc8f3571be10"
            ),
        ])
    func derivesKeys(password: MediaPassword, derived: String) {
        #expect(password.key(byteCount: 40).hexadecimal() == derived)
        #expect(password.key(byteCount: 16).hexadecimal() == derived.prefix(32))
    }

    @Test("the first block is that of a genuine file")
    func firstBlock() {
        let plaintext = Text.encodeUTF16LittleEndian("<?xml version=\"1.0\"?>")
        let sealed = EncryptedContainer.seal(plaintext, password: MediaPassword("Password1"), algorithm: .aes128)
        #expect(sealed[24..<40].hexadecimal() == "11cb54aa3b699f61f86ab312e6fb97ec")
    }

    @Test(
        "the header is that of the genuine files",
        arguments: [
            ("0000edec14000000b2320000c03200000e66000000000000", 0x32B2, EncryptionAlgorithm.aes128),
            ("0000edec1400000064340000703400001066000000000000", 0x3464, EncryptionAlgorithm.aes256),
        ])
    func header(genuine: String, byteCount: Int, algorithm: EncryptionAlgorithm) throws {
        let sealed = EncryptedContainer.seal(
            [UInt8](repeating: 0x41, count: byteCount), password: .none, algorithm: algorithm)
        #expect(sealed.prefix(24).hexadecimal() == genuine)
        #expect(try EncryptedContainer.algorithm(of: sealed) == algorithm)
        #expect(sealed.count == max(24 + (byteCount / 16 + 1) * 16, 24 + byteCount + 18))
    }

    @Test("openssl opens what we seal", arguments: EncryptionAlgorithm.allCases, [2, 14, 16, 30, 1_000])
    func opensslOpens(algorithm: EncryptionAlgorithm, byteCount: Int) throws {
        let password = MediaPassword("päss wörd")
        let plaintext = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = EncryptedContainer.seal(plaintext, password: password, algorithm: algorithm)
        let count = (byteCount / 16 + 1) * 16
        let opened = try Program.run(
            "openssl", ["enc", "-d"] + opensslArguments(algorithm, password), input: Array(sealed[24..<24 + count]))
        #expect(opened.status == 0)
        #expect(opened.outputBytes == plaintext)
    }

    @Test("we open what openssl seals", arguments: EncryptionAlgorithm.allCases)
    func opensOpenSSL(algorithm: EncryptionAlgorithm) throws {
        let password = MediaPassword("x")
        let plaintext = Text.encodeUTF16LittleEndian(Self.xml)
        let sealed = try Program.run(
            "openssl", ["enc", "-e"] + opensslArguments(algorithm, password), input: plaintext)
        var container: [UInt8] = [0x00, 0x00, 0xED, 0xEC]
        for field in [20, UInt32(plaintext.count), UInt32(sealed.outputBytes.count), algorithm.rawValue, 0] {
            container.append(littleEndian: field)
        }
        container += sealed.outputBytes
        #expect(try EncryptedContainer.open(container, password: password) == plaintext)
    }

    @Test("a trailer of any length is ignored", arguments: [0, 2, 6, 8, 100])
    func ignoresTrailers(byteCount: Int) throws {
        let plaintext = Text.encodeUTF16LittleEndian(Self.xml)
        let sealed = EncryptedContainer.seal(plaintext, password: .none)
        let bare = Array(sealed.prefix(24 + (plaintext.count / 16 + 1) * 16))
        let container = bare + [UInt8](repeating: 0xAA, count: byteCount)
        #expect(try EncryptedContainer.open(container, password: .none) == plaintext)
    }

    @Test("a wrong password is called that, whatever the padding happens to be")
    func tellsWrongPasswords() {
        let sealed = EncryptedContainer.seal(
            Text.encodeUTF16LittleEndian(Self.xml), password: MediaPassword("right"))
        // About one wrong password in 256 leaves valid padding by chance: 2,000 cover both ways of noticing.
        for number in 0..<Rounds.of(2_000) {
            let error = #expect(throws: MediaVariablesError.self) {
                try EncryptedContainer.open(sealed, password: MediaPassword("wrong\(number)"))
            }
            #expect(error?.code == .wrongPassword)
        }
    }

    @Test("a container cut off anywhere is damaged")
    func tellsTruncation() throws {
        let plaintext = Text.encodeUTF16LittleEndian(Self.xml)
        let sealed = EncryptedContainer.seal(plaintext, password: .none)
        let needed = 24 + (plaintext.count / 16 + 1) * 16
        for count in 0..<needed {
            let error = #expect(throws: MediaVariablesError.self) {
                try EncryptedContainer.open(Array(sealed.prefix(count)), password: .none)
            }
            #expect(error?.code == .damaged)
        }
        #expect(try EncryptedContainer.open(Array(sealed.prefix(needed)), password: .none) == plaintext)
    }

    @Test("a flipped bit anywhere in the header is damage, never a crash")
    func tellsHeaderDamage() {
        let sealed = EncryptedContainer.seal(Text.encodeUTF16LittleEndian(Self.xml), password: .none)
        for bit in 0..<24 * 8 {
            var flipped = sealed
            flipped[bit / 8] ^= 1 << (bit % 8)
            let error = #expect(throws: MediaVariablesError.self) {
                try EncryptedContainer.open(flipped, password: .none)
            }
            // A length or cipher that stays plausible can only be noticed by decrypting.
            let isPlausible = (8..<20).contains(bit / 8)
            #expect(error?.code == .damaged || (isPlausible && error?.code == .wrongPassword))
        }
    }

    @Test("no way of printing a password shows it")
    func hidesPasswords() {
        let password = MediaPassword("hunter2")
        var dumped = ""
        dump(password, to: &dumped)
        for text in ["\(password)", String(reflecting: password), dumped, String(describing: [password])] {
            #expect(!text.contains("hunter2"))
        }
    }

    private func opensslArguments(_ algorithm: EncryptionAlgorithm, _ password: MediaPassword) -> [String] {
        let key = password.key(byteCount: algorithm.keyByteCount).hexadecimal()
        return ["-aes-\(algorithm.keyByteCount * 8)-cbc", "-K", key, "-iv", Self.zeroVector]
    }
}
