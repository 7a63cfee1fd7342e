// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Fixtures
import Support

@testable import MediaVariables

extension FuzzTarget {
    private static let variableList = """
        <?xml version="1.0" encoding="utf-16"?><MediaVarList Version="5.00.9128.1000"><var name="_SMSTSMediaGuid"><![CDATA[\
        {11111111-2222-3333-4444-555555555555}]]></var><var name="SMSTSMP"><![CDATA[http://mp*https://mp2]]></var>\
        </MediaVarList>
        """
    private static let policy = """
        <Policy PolicyID="{A}" PolicyVersion="1"><instance class="CCM_TaskSequence"><property name="PKG_PackageID" \
        type="8"><value><![CDATA[ABC00001]]></value></property><property name="TS_Sequence" type="8"><value>\
        <![CDATA[<sequence version="3.10"/>]]></value></property></instance></Policy>
        """

    /// What media keeps encrypted, and what sites hand over.
    static let variables = [
        FuzzTarget(
            "container",
            seeds: { _ in
                EncryptionAlgorithm.allCases.map {
                    EncryptedContainer.seal(
                        Text.encodeUTF16LittleEndian(variableList), password: MediaPassword("p"), algorithm: $0)
                }
            },
            read: { input in
                _ = try? EncryptedContainer.algorithm(of: input)
                _ = try EncryptedContainer.open(input, password: MediaPassword("p"))
            }),
        FuzzTarget(
            "media-variables", words: ["<var name=\"", "<![CDATA[", "MediaVarList", "_SMSTSMediaPFX", "SMSTSMP"],
            seeds: { _ in [Array(variableList.utf8), [0xFF, 0xFE] + Text.encodeUTF16LittleEndian(variableList)] },
            read: { input in
                let list = try MediaVariableList(xml: input)
                _ = list.redacted
                _ = try? list.certificate()
                let again = try MediaVariableList(xml: list.encoded())
                precondition(again.variables.count == list.variables.count, "a list is read as it was written")
            }),
        FuzzTarget(
            "policy",
            words: ["<instance class=\"CCM_", "<property name=\"", "PKG_PackageID", "TS_Sequence", "<value>"],
            seeds: { _ in [Array(policy.utf8), [0xFF, 0xFE] + Text.encodeUTF16LittleEndian(policy)] },
            read: { input in
                _ = try? PolicyDocument(xml: input)
                _ = try Policy(xml: input)
            }),
        FuzzTarget(
            "site-policies",
            words: ["<PolicyAssignment", "89130000", "CompressedText", "<PolicyXML Compression=\"zlib\">"],
            texts: policy,
            "<PolicyXML Compression=\"zlib\"><![CDATA[eNqzsa/IzVEoSy0qzszPs1Uy1DNQsrfjAgBGZgVt]]></PolicyXML>",
            "<PolicyAssignment PolicyAssignmentID=\"{B}\"><Policy PolicyID=\"{A}\"/></PolicyAssignment>"
        ) { input in
            guard let text = Text.decode(input, fallback: .singleByte) else { return }
            let parts = text.split(separator: "\0", maxSplits: 1).map(String.init)
            let policies = try MediaPolicies(
                assigned: [(parts.first ?? "", parts.count > 1 ? parts[1] : "<PolicyAssignment/>")],
                settings: [text], first: "ABC00001", source: "input")
            _ = policies.encoded()
        },
        FuzzTarget("media-policies", texts: "<?xml version=\"1.0\"?><MediaPolicies>\r\n\(policy)\r\n</MediaPolicies>") {
            input in
            guard let text = Text.decode(input, fallback: .singleByte) else { return }
            _ = try MediaPolicies(document: text, source: "input")
        },
        FuzzTarget(
            "obfuscated-text", texts: "89130000" + String(repeating: "0A1B2C3D", count: 16),
            "eNqzsa/IzVEoSy0qzszPs1Uy1DNQsrfjAgBGZgVt"
        ) {
            input in
            guard let text = String(validating: input, as: UTF8.self) else { return }
            _ = ObfuscatedText.isOne(text)
            _ = ObfuscatedText.reveal(text)
            _ = CompressedText.expand(text)
        },
        FuzzTarget(
            "certificates",
            seeds: { folder in
                let (key, certificate, pfx) = (folder.appending("k"), folder.appending("c"), folder.appending("p"))
                try Program.succeed(
                    "openssl",
                    [
                        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key.string, "-out",
                        certificate.string,
                        "-subj", "/CN=fuzz", "-days", "3650",
                    ])
                try Program.succeed(
                    "openssl",
                    [
                        "pkcs12", "-export", "-inkey", key.string, "-in", certificate.string, "-out", pfx.string,
                        "-passout", "pass:p", "-iter", "1",
                    ])
                let der = try Program.succeed("openssl", ["x509", "-in", certificate.string, "-outform", "DER"])
                return [try SmallFile.read(pfx), der.outputBytes, try SmallFile.read(key)]
            },
            read: { input in
                if let certificate = Certificate(der: input) {
                    _ = certificate.subject
                    _ = certificate.issuer
                }
                _ = try? PrivateKey(pem: input, name: "input")
                _ = try PFXFile.open(input, password: "p", name: "input")
            }),
    ]
}
