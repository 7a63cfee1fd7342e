// SPDX-License-Identifier: GPL-3.0-or-later

import MediaVariables
import Support
import TSMediaTestSupport
import Testing

/// Policies of sites, obfuscated and compressed by Python and openssl.
@Suite("Policies of sites")
struct PolicyDocumentTests {
    /// Prints what a site makes of the text in argument 1: `3des` or `aes`, in hexadecimal, with left-over bytes behind it;
    /// `hex` or `base64`, compressed.
    private static let site = """
        import base64, hashlib, struct, subprocess, sys, zlib
        how, text = sys.argv[1], sys.argv[2].encode('utf-16-le')
        if how == 'hex': print(zlib.compress(text).hex().upper())
        elif how == 'base64': print(base64.b64encode(zlib.compress(text)).decode())
        else:
            seed = bytes(range(40))
            h = hashlib.sha1(seed).digest()
            half = lambda pad: hashlib.sha1(bytes(b ^ pad for b in h) + bytes([pad]) * 44).digest()
            key = half(0x36) + half(0x5c)
            name, identifier, size, block = (
                ('des-ede3-cbc', 0x6603, 24, 8) if how == '3des' else ('aes-256-cbc', 0x6610, 32, 16))
            text += b'\\0\\0'
            padded = text + bytes([block - len(text) % block]) * (block - len(text) % block)
            cipher = subprocess.run(
                ['openssl', 'enc', '-' + name, '-nopad', '-K', key[:size].hex(), '-iv', '0' * 2 * block],
                input=padded, stdout=subprocess.PIPE, check=True).stdout
            head = struct.pack('<5I', 20, len(text), len(cipher), identifier, 0)
            print((bytes.fromhex('89130000') + seed + head + cipher + b'left over').hex().upper())
        """

    private static func made(_ how: String, _ text: String) throws -> String {
        try Program.succeed("python3", ["-c", site, how, text]).output.split(separator: "\n").joined()
    }

    private static func document(_ text: String) throws -> PolicyDocument {
        try PolicyDocument(xml: Text.encodeUTF16LittleEndian(text))
    }

    private static func instance(_ name: String, _ value: String, secret: Bool = false) -> String {
        let mark = secret ? " secret=\"1\"" : ""
        return
            "<instance class=\"CCM_Thing\"><property name=\"\(name)\" type=\"8\"\(mark)><value><![CDATA[\(value)]]></value>"
            + "</property></instance>"
    }

    @Test("a text that a site has obfuscated is read, by either algorithm", arguments: ["3des", "aes"])
    func obfuscated(how: String) throws {
        let value = try Self.made(how, "CONTOSO\\naa é€")
        let document = try Self.document("<x>\(Self.instance("User", value))</x>")
        #expect(document.instances.first?["User"] == "CONTOSO\\naa é€")
        #expect(document.secretKinds == ["User of CCM_Thing"])
    }

    @Test("an obfuscated text that is cut short or changed is shown as it is stored, and still a secret")
    func damaged() throws {
        let whole = try Self.made("aes", "secret")
        for length in stride(from: 10, to: 128 + 30, by: 7) {
            let text = String(whole.prefix(length))
            let document = try Self.document("<x>\(Self.instance("User", text))</x>")
            #expect(document.instances.first?["User"] == text)
            #expect(document.secretKinds == ["User of CCM_Thing"])
        }
        // Lengths that no bytes have.
        for place in [96, 104, 112] {
            var digits = Array(whole)
            digits.replaceSubrange(place..<(place + 8), with: Array("FFFFFFFF"))
            #expect(try Self.document("<x>\(Self.instance("User", String(digits)))</x>").instances.count == 1)
        }
    }

    @Test("a compressed policy is read, in hexadecimal digits and in Base64", arguments: ["hex", "base64"])
    func compressed(how: String) throws {
        let policy = "<?xml version=\"1.0\"?><Policy>\(Self.instance("Name", "value"))</Policy>"
        let text = try Self.made(how, policy)
        let document = try Self.document(
            "<Policies><PolicyXML Compression=\"zlib\"><![CDATA[\(text)]]></PolicyXML></Policies>")
        #expect(document.instances.map(\.className) == ["CCM_Thing"])
        #expect(document.instances.first?["Name"] == "value")
        // Cut off, it is none, and nothing else is lost.
        let half = String(text.prefix(text.count / 8 * 4))
        let rest = "<PolicyXML Compression=\"zlib\">\(half)</PolicyXML>\(Self.instance("Other", "1"))"
        #expect(try Self.document("<x>\(rest)</x>").instances.map { $0["Other"] } == ["1"])
    }

    @Test("what grows without end when it is expanded is not expanded")
    func bomb() throws {
        let script = "import sys, zlib; print(zlib.compress(b' ' * (80 << 20), 9).hex())"
        let text = try Program.succeed("python3", ["-c", script]).output
        let document = try Self.document("<x Compression=\"zlib\">\(text)</x>")
        #expect(document.instances.isEmpty)
    }

    @Test("a document that stands as text in another is read, and one that holds itself in many layers ends")
    func nested() throws {
        func escaped(_ text: String) -> String {
            text.map { ["<": "&lt;", ">": "&gt;", "&": "&amp;"][$0] ?? String($0) }.joined()
        }
        var text = "<Policy>\(Self.instance("Name", "inner"))</Policy>"
        #expect(try Self.document("<x><body>\(escaped(text))</body></x>").instances.first?["Name"] == "inner")
        for _ in 0..<8 { text = "<Policy>\(escaped(text))</Policy>" }
        #expect(try Self.document("<x>\(text)</x>").instances.isEmpty)
    }

    @Test("kinds of secret are named without a value: the network access account, and what is marked")
    func secrets() throws {
        let account =
            "<instance class=\"CCM_NetworkAccessAccount\"><property name=\"NetworkAccessPassword\" secret=\"1\"><value>geheim"
            + "</value></property></instance>"
        let document = try Self.document("<x>\(account)\(Self.instance("Token", "hush", secret: true))</x>")
        #expect(document.secretKinds == ["Token of CCM_Thing", "the network access account"])
    }

    @Test("the deployed task sequence is the root of policies that name no package")
    func deployed() throws {
        func sequence(_ id: String, _ deployment: String) -> String {
            "<instance class=\"CCM_TaskSequence\"><property name=\"PKG_PackageID\"><value>\(id)</value></property>"
                + "<property name=\"PKG_Name\"><value>\(id)</value></property>"
                + "<property name=\"ADV_AdvertisementID\"><value>\(deployment)</value></property>"
                + "<property name=\"TS_Sequence\"><value>s</value></property></instance>"
        }
        let document = try Self.document("<x>\(sequence("ABC00001", ""))\(sequence("ABC00002", "ABC20005"))</x>")
        #expect(try Policy(document).root.taskSequenceID == "ABC00002")
    }
}
