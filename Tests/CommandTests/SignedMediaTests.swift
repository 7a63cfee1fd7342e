// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Media whose manifest is signed.
@Suite("Signed media")
struct SignedMediaTests {
    private let session: CommandSession
    private static let signature = "SMS/data/MediaManifest.json.dsse"
    private static let manifest = "SMS/data/MediaManifest.json"

    init() throws { session = try CommandSession() }

    private func verify(_ name: String, _ keys: SigningKeys, status: Int32 = 0) throws -> JSONValue {
        try verify([name], keys, status: status)
    }

    private func verify(_ names: [String], _ keys: SigningKeys, status: Int32 = 0) throws -> JSONValue {
        let result = try session.run(
            ["verify"] + names + ["--key", keys.publicKey.string, "--json", "--progress", "none"])
        #expect(result.status == status, "\(result.errorText)")
        return try JSONValue(parsing: result.output)
    }

    @Test(
        "verify --key accepts signed media of every form, and openssl accepts the signature",
        arguments: [
            ["-algorithm", "ed25519"], ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        ])
    func signed(kind: [String]) throws {
        let keys = try SigningKeys(in: session.work.path, kind: kind)
        for name in ["media.iso", "media.img", "tree"] {
            try session.create(.standalone, name, keys.options)
            #expect(try verify(name, keys).signature.text == "signed")
            let text = try session.succeed(["verify", name, "--key", keys.publicKey.string])
            #expect(text.output.contains("signed by the key "), "\(text.output)")
        }
        let tree = session.folder.appending("tree")
        let script = """
            import base64, hashlib, json, sys
            envelope = json.load(open(sys.argv[1] + '/\(Self.signature)'))
            payload = base64.b64decode(envelope['payload'])
            kind = envelope['payloadType'].encode()
            open(sys.argv[2] + '/signed', 'wb').write(b'DSSEv1 %d %s %d %s' % (len(kind), kind, len(payload), payload))
            open(sys.argv[2] + '/signature', 'wb').write(base64.b64decode(envelope['signatures'][0]['sig']))
            subject = json.loads(payload)['subject'][0]
            manifest = hashlib.sha256(open(sys.argv[1] + '/' + subject['name'], 'rb').read()).hexdigest()
            assert subject['digest']['sha256'] == manifest
            """
        try Program.succeed("python3", ["-c", script, tree.string, session.work.path.string])
        try Program.succeed(
            "openssl",
            [
                "pkeyutl", "-verify", "-pubin", "-inkey", keys.publicKey.string, "-rawin", "-in",
                session.work.appending("signed").string, "-sigfile", session.work.appending("signature").string,
            ] + (kind.contains("RSA") ? ["-digest", "sha256"] : []))
    }

    @Test("every volume of a set is signed, and its manifests have the size that was planned")
    func sets() throws {
        let keys = try SigningKeys(in: session.work.path)
        let size = ["--media-size", "9500000"]
        try session.create(.standalone, "set.iso", size + keys.options)
        let names = try session.outputs()
        #expect(names.count > 1)
        let report = try verify(names, keys)
        #expect(report.isComplete.flag == true)
        #expect(report.volumes.elements.allSatisfy { $0.signature.text == "signed" })
        let planned = try session.plan(.standalone, "set.iso", size + keys.options + ["--force"])
        for (volume, name) in zip(planned.volumes.elements, names) {
            #expect(try volume.size.number == Stat(session.folder.appending(name)).size)
        }
        // A volume of the same set that nobody signed.
        try session.create(.standalone, "plain.iso", size)
        let mixed = try verify([names[0], "plain2.iso"], keys, status: 65)
        #expect(mixed.volumes.elements.map(\.signature.text) == ["signed", "unsigned"])
    }

    @Test("malice is told (65): unsigned, another key, a manifest that was changed with its files, a damaged signature")
    func malice() throws {
        let keys = try SigningKeys(in: session.work.path)
        let others = try SigningKeys(in: session.work.path, name: "other")
        try session.create(.capture, "plain")
        #expect(try verify("plain", keys, status: 65).signature.text == "unsigned")
        try session.create(.capture, "tree", others.options)
        #expect(try verify("tree", keys, status: 65).signature.text == "otherKey")
        try session.create(.capture, "mine", keys.options)
        // A label of another media, its manifest with the right hash: only the signature tells.
        let tree = session.folder.appending("mine")
        let script = """
            import hashlib, json, sys
            label = sys.argv[1] + '/MediaLabel.txt'
            data = open(label, 'rb').read() + b'x'
            open(label, 'wb').write(data)
            path = sys.argv[1] + '/\(Self.manifest)'
            manifest = json.load(open(path))
            for file in manifest['files']:
                if file['path'] == 'MediaLabel.txt':
                    file['sha256'] = hashlib.sha256(data).hexdigest()
                    file['size'] = len(data)
            json.dump(manifest, open(path, 'w'))
            """
        try Program.succeed("python3", ["-c", script, tree.string])
        let changed = try verify("mine", keys, status: 65)
        #expect(changed.signature.text == "changed")
        #expect(changed.findings.elements.first?.problem.text == "untrusted")
        // Without a key that is told too.
        #expect(try session.run(["verify", "mine"]).status == 65)
        try AtomicFile.write(Array("{}".utf8), to: tree.pushing(FilePath(Self.signature)))
        #expect(try verify("mine", keys, status: 65).signature.text == "damaged")
        try Folder.removeFile(tree.pushing(FilePath(Self.signature)))
        #expect(try verify("mine", keys, status: 65).signature.text == "unsigned")
    }

    @Test("a file that the signed manifest does not list is told, and one that is another")
    func files() throws {
        let keys = try SigningKeys(in: session.work.path)
        try session.create(.capture, "tree", keys.options)
        let tree = session.folder.appending("tree")
        try AtomicFile.write(Array("x".utf8), to: tree.appending("more.txt"))
        try AtomicFile.write(Array("x".utf8), to: tree.appending("MediaLabel.txt"))
        let report = try verify("tree", keys, status: 65)
        #expect(report.signature.text == "signed")
        #expect(report.findings.elements.map(\.problem.text) == ["damaged", "foreign"])
    }

    @Test("inspect names the key of the signature, and the key that the media wants")
    func inspected() throws {
        let keys = try SigningKeys(in: session.work.path)
        try session.create(.bootable, "media.iso", keys.options)
        let der = try Program.succeed("openssl", ["pkey", "-pubin", "-in", keys.publicKey.string, "-outform", "DER"])
        let sum = String(
            try Program.run("openssl", ["dgst", "-sha256", "-r"], input: der.outputBytes).output.prefix(64))
        let inspection = try session.inspect()
        #expect(inspection.signature.status.text == "unchecked")
        #expect(inspection.signature["keys"].elements.map(\.text) == [sum])
        #expect(inspection.manifestKey.text == sum)
        #expect(try session.succeed(["inspect", "media.iso"]).output.contains(sum))
        try session.create(.bootable, "plain.iso")
        #expect(try session.inspect("plain.iso").manifestKey.text == nil)
    }

    @Test("an update signs anew, and takes no signature away without a word")
    func updates() throws {
        let keys = try SigningKeys(in: session.work.path)
        try session.create(.bootable, "drive.img", keys.options)
        let update = [
            "update", "drive.img", "--distribution-point", session.library.string, "--store", session.store.string,
            "--variable", "Room=12",
        ]
        let refused = try session.run(update)
        #expect(refused.status == 77 && refused.failure.contains("--drop signature"), "\(refused.failure)")
        #expect(refused.failure.contains("--signing-key"))
        try session.succeed(update + keys.options)
        #expect(try verify("drive.img", keys).signature.text == "signed")
        #expect(try session.run(update + keys.options).output.contains("up to date"))
        try session.succeed(update + ["--drop", "signature"])
        #expect(try verify("drive.img", keys, status: 65).signature.text == "unsigned")
        #expect(try session.inspect("drive.img").manifestKey.text == nil)
        #expect(try session.succeed(["verify", "drive.img"]).status == 0)
    }

    @Test("keys that cannot sign are refused before anything is made, with what to do")
    func refusesKeys() throws {
        let elliptic = try SigningKeys(
            in: session.work.path, name: "ec", kind: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
        let refused = try session.run(session.arguments(.capture, "media.iso", elliptic.options))
        #expect(refused.status == 65 && refused.failure.contains("ed25519"), "\(refused.failure)")
        let sealed = try SigningKeys(in: session.work.path, name: "sealed", password: "word")
        let closed = try session.run(session.arguments(.capture, "media.iso", ["--signing-key", sealed.key.string]))
        #expect(closed.status == 65 && closed.failure.contains("--signing-key-password-file"), "\(closed.failure)")
        #expect(try session.outputs() == [])
        try session.create(.capture, "media.iso", sealed.options)
        #expect(try verify("media.iso", sealed).signature.text == "signed")
        let own = try session.run(
            session.arguments(.bootable, "other.iso", ["--variable", "tsmediamanifestkey=x"]))
        #expect(own.status == 64 && own.failure.contains("--signing-key"), "\(own.failure)")
    }
}
