// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport

/// Reads media as a client would, by a script that was written from docs/formats/media.md alone: it opens Variables.dat
/// with openssl, and the certificate in it with the first characters of the media GUID.
struct CertificateOracle {
    /// The variables by name.
    let variables: [String: String]
    /// Where the certificate and its key are, in PEM.
    let folder: FilePath

    /// Reads the media whose files are below `media`.
    init(_ media: FilePath, password: String? = nil, work: TestFolder) throws {
        folder = work.appending("oracle")
        try Program.succeed("rm", ["-rf", folder.string])
        try TestFolder.makeFolder(folder)
        let result = try Program.succeed(
            "/usr/bin/python3",
            ["-c", Self.script, media.appending("SMS/data/Variables.dat").string, folder.string]
                + [password].compactMap { $0 })
        let report = try JSONValue(parsing: result.output)
        var variables: [String: String] = [:]
        for key in report.keys { variables[key] = report[key].text }
        self.variables = variables
    }

    /// What `openssl` prints in the folder of the certificate.
    func openssl(_ arguments: String...) throws -> [UInt8] {
        try Program.succeed("openssl", arguments, in: folder).outputBytes
    }

    /// The certificate in DER.
    var certificate: [UInt8] { get throws { try openssl("x509", "-in", "media.pem", "-outform", "DER") } }
    /// Its private key in DER.
    var key: [UInt8] { get throws { try openssl("pkey", "-in", "media.pem", "-outform", "DER") } }

    private static let script = """
        import hashlib, json, pathlib, struct, subprocess, sys
        import xml.etree.ElementTree as ElementTree

        path, folder, *password = sys.argv[1:]
        password = password[0] if password else "{BAC6E688-DE21-4ABE-B7FB-C9F54E6DB664}"
        data = pathlib.Path(path).read_bytes()
        magic, fields, plain_size, size, algorithm, zero = struct.unpack_from("<4sIIIII", data)
        assert (magic, fields, zero) == (b"\\x00\\x00\\xed\\xec", 20, 0)
        bits = {0x660E: 128, 0x660F: 192, 0x6610: 256}[algorithm]
        digest = hashlib.sha1(password.encode("utf-16-le")).digest()
        key = b""
        for pad in (0x36, 0x5C):
            block = bytes(byte ^ pad for byte in digest) + bytes([pad]) * 44
            key += hashlib.sha1(block).digest()
        plain = subprocess.run(
            ["openssl", "enc", "-d", f"-aes-{bits}-cbc", "-K", key[:bits // 8].hex(), "-iv", "0" * 32],
            input=data[24:24 + size], capture_output=True, check=True).stdout
        assert len(plain) == plain_size
        root = ElementTree.fromstring(plain.decode("utf-16-le"))
        variables = {element.get("name"): element.text or "" for element in root.iter("var")}
        print(json.dumps(variables))
        if "_SMSTSMediaPFX" in variables:
            guid = variables["_SMSMediaGuid"]
            pfx = pathlib.Path(folder, "media.pfx")
            pfx.write_bytes(bytes.fromhex(variables["_SMSTSMediaPFX"]))
            # Both readings of the password: as the variable spells the GUID, and without braces.
            for text in (guid[:31], guid.strip("{}")[:31]):
                subprocess.run(
                    ["openssl", "pkcs12", "-in", pfx, "-passin", f"pass:{text}", "-nodes", "-out",
                     pathlib.Path(folder, "media.pem")], check=True, capture_output=True)
        """
}
