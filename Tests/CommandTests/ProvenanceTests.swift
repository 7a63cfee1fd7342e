// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// `--provenance`: what is stated of media that was made, and by whom.
@Suite("Provenance")
struct ProvenanceTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    @Test("statement and inventory are accepted by public validators, name the outputs, and are the same in every run")
    func stated() throws {
        let keys = try SigningKeys(in: session.work.path)
        let options = ["--provenance", "media.intoto.json", "--signing-key", keys.key.string]
        try session.create(.standalone, "media.iso", options)
        #expect(try session.outputs() == ["SHA256SUMS", "media.cdx.json", "media.intoto.json", "media.iso"])
        try Program.succeed("sha256sum", ["--check", "--strict", "SHA256SUMS"], in: session.folder)
        let first = try ["media.iso", "media.intoto.json", "media.cdx.json"].map { try session.bytes($0) }
        try session.create(.standalone, "media.iso", options + ["--force"])
        #expect(try ["media.iso", "media.intoto.json", "media.cdx.json"].map { try session.bytes($0) } == first)
        // Bytes do not depend on where they are made.
        let other = try CommandSession()
        try other.create(.standalone, "media.iso", options)
        #expect(try other.bytes("media.intoto.json") == first[1])
        guard PythonPackages.haveValidators else { return }
        let sum = try Program.succeed("sha256sum", ["media.iso"], in: session.folder).output.prefix(64)
        let printed = try PythonPackages.run(
            ProvenanceScript.text,
            [
                session.folder.appending("media.intoto.json").string, keys.publicKey.string,
                session.folder.appending("media.cdx.json").string,
            ])
        #expect(printed.contains("subject media.iso \(sum)\n"))
        #expect(printed.contains("subject media.iso/SMS/data/MediaManifest.json "))
        #expect(printed.contains("dependency \(DemoSite.bootImage) sha256"))
        #expect(printed.contains("inventory matches\n"))
        #expect(printed.contains("component \(DemoSite.bootImage) "))
    }

    @Test("the hash of a content is that which sha256sum makes of its files on the media")
    func contentDigests() throws {
        try session.create(.standalone, "media.iso", ["--provenance", "media.json"])
        let statement = try JSONValue(parsing: String(decoding: try session.bytes("media.json"), as: UTF8.self))
        let dependencies = statement.predicate.buildDefinition.resolvedDependencies.elements
        let folders = dependencies.filter { $0.digest.dirHash.text != nil }
        #expect(!folders.isEmpty)
        let root = try session.extract()
        for content in folders {
            let folder = content.annotations["tsmedia:folder"].text ?? ""
            let script =
                "find . -type f | sed 's/^..//' | LC_ALL=C sort | tr '\\n' '\\0' | xargs -0 -r sha256sum | sha256sum"
            let printed = try Program.succeed("sh", ["-c", "cd '\(root.string)/\(folder)' && \(script)"]).output
            #expect(printed.hasPrefix(content.digest.dirHash.text ?? "?"), "\(folder)")
        }
    }

    @Test("without a key the statement is bare, and no secret is in any of the files")
    func bareAndWithoutSecrets() throws {
        let password = try session.work.write("media-password-7".utf8, to: "password").string
        let keys = try SigningKeys(in: session.work.path, password: "key-password-8")
        for options in [[], keys.options] {
            try session.create(
                .bootable, "media.iso",
                [
                    "--provenance", "media.json", "--password-file", password, "--variable", "Account=secret-value-9",
                    "--force",
                ] + options)
            for name in ["media.json", "media.cdx.json", "SHA256SUMS"] {
                let bytes = try session.bytes(name)
                let text = String(decoding: bytes, as: UTF8.self)
                let payload = try options.isEmpty || name != "media.json" ? "" : Self.payload(of: text)
                for secret in [
                    "media-password-7", "key-password-8", "secret-value-9", "PRIVATE KEY", password, keys.key.string,
                ] {
                    #expect(!text.contains(secret) && !payload.contains(secret), "\(secret) is in \(name)")
                }
                #expect(!text.contains(session.work.path.string) && !payload.contains(session.work.path.string))
            }
        }
        // The variable is named, and its value is not.
        #expect(
            try Self.payload(of: String(decoding: try session.bytes("media.json"), as: UTF8.self)).contains(
                "\"Account\""))
    }

    private static func payload(of envelope: String) throws -> String {
        let text = try JSONValue(parsing: envelope).payload.text ?? ""
        return String(decoding: Base64.decode(text) ?? [], as: UTF8.self)
    }

    @Test(
        "verify holds media against the statement: the same bytes, the same manifest of a folder or a drive, and nothing else"
    )
    func verified() throws {
        let keys = try SigningKeys(in: session.work.path)
        let against = ["--provenance", "media.json", "--key", keys.publicKey.string]
        let options = ["--provenance", "media.json", "--force"] + keys.options
        for name in ["media.iso", "tree", "drive.img"] {
            try session.create(.capture, name, options)
            try session.succeed(["verify", name] + against)
            let other = name == "tree" ? "other" : "other-\(name)"
            try session.create(.capture, other, keys.options + ["--label", "OTHER", "--force"])
            let result = try session.run(["verify", other] + against)
            #expect(result.status == 65 && result.failure.contains("none of the outputs"), "\(result.failure)")
        }
        // One byte behind the last file: no file of the media changes.
        try session.create(.capture, "media.iso", options)
        try Program.succeed("sh", ["-c", "printf x >>media.iso"], in: session.folder)
        let result = try session.run(["verify", "media.iso"] + against)
        #expect(result.status == 65 && result.failure.contains("other bytes"), "\(result.failure)")
    }

    @Test("a statement of nobody, of somebody else, or that is none is refused (65)")
    func refusesStatements() throws {
        let keys = try SigningKeys(in: session.work.path)
        let others = try SigningKeys(in: session.work.path, name: "other")
        try session.create(.capture, "media.iso", ["--provenance", "bare.json"])
        let bare = try session.run(["verify", "media.iso", "--provenance", "bare.json", "--key", keys.publicKey.string])
        #expect(bare.status == 65 && bare.failure.contains("is not signed"), "\(bare.failure)")
        let unchecked = try session.succeed(["verify", "media.iso", "--provenance", "bare.json"])
        #expect(unchecked.errorText.contains("nobody's signature"))
        try session.create(.capture, "media.iso", ["--provenance", "signed.json", "--force"] + others.options)
        let foreign = try session.run(
            ["verify", "media.iso", "--provenance", "signed.json", "--key", keys.publicKey.string])
        #expect(foreign.status == 65 && foreign.failure.contains("not signed by this key"), "\(foreign.failure)")
        let none = try session.run(["verify", "media.iso", "--provenance", "media.iso"])
        #expect(none.status == 65, "\(none.failure)")
        let inventory = try session.run(["verify", "media.iso", "--provenance", "signed.cdx.json"])
        #expect(inventory.status == 65 && inventory.failure.contains("is no statement"), "\(inventory.failure)")
    }

    @Test("what is there is replaced with --force alone, and never a source or the media")
    func names() throws {
        try session.create(.capture, "media.iso", ["--provenance", "media.json"])
        let again = try session.run(session.arguments(.capture, "new.iso", ["--provenance", "media.json"]))
        #expect(again.status == 73, "\(again.failure)")
        #expect(try !session.outputs().contains("new.iso"))
        let itself = try session.run(session.arguments(.capture, "new.iso", ["--provenance", "new.iso"]))
        #expect(itself.status != 0)
        let source = try session.run(
            session.arguments(
                .standalone, "new.iso", ["--provenance", session.demo.taskSequenceExport.string, "--force"]))
        #expect(source.status == 77 || source.status == 73, "\(source.failure)")
    }

    @Test("a manifest makes the same statement as the command line, and makes one again that is gone")
    func builds() throws {
        let options = ["--provenance", "media.json"]
        let printed = try session.succeed(session.arguments(.capture, "media.iso", options + ["--print-manifest"]))
        _ = try session.create(.capture, "media.iso", options)
        let first = try session.bytes("media.json")
        for name in try session.outputs() { try Folder.removeFile(session.folder.appending(name)) }
        try AtomicFile.write(printed.outputBytes, to: session.folder.appending("media.yaml"))
        for _ in 0..<2 {
            try session.succeed(["build", "media.yaml"])
            #expect(try session.bytes("media.json") == first)
            try Folder.removeFile(session.folder.appending("media.json"))
        }
        try AtomicFile.write(Array("mine".utf8), to: session.folder.appending("media.json"))
        try Folder.removeFile(session.folder.appending("media.cdx.json"))
        let result = try session.run(["build", "media.yaml"])
        #expect(result.status == 73, "\(result.errorText)")
    }
}

/// What public validators say of a statement in an envelope, its key and its inventory.
enum ProvenanceScript {
    static let text = """
        import base64, hashlib, json, sys
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
        from cyclonedx.model.bom import Bom
        from cyclonedx.schema import SchemaVersion
        from cyclonedx.validation.json import JsonStrictValidator
        from google.protobuf import json_format
        from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
        from in_toto_attestation.predicates.provenance.v1.provenance import Provenance
        from in_toto_attestation.v1 import statement_pb2
        from in_toto_attestation.v1.statement import Statement
        from securesystemslib.dsse import Envelope
        from securesystemslib.signer import SSlibKey
        data = json.load(open(sys.argv[1]))
        envelope = Envelope.from_dict(data)
        key = load_pem_public_key(open(sys.argv[2], 'rb').read())
        envelope.verify([SSlibKey.from_crypto(key, keyid=data['signatures'][0]['keyid'])], 1)
        text = envelope.payload.decode()
        statement = Statement.copy_from_pb(json_format.Parse(text, statement_pb2.Statement()))
        statement.validate()
        predicate = json_format.Parse(json.dumps(json.loads(text)['predicate']), provenance_pb2.Provenance())
        Provenance.copy_from_pb(predicate).validate()
        for subject in statement.pb.subject: print('subject', subject.name, subject.digest['sha256'])
        for dependency in predicate.build_definition.resolved_dependencies:
            print('dependency', dependency.name, *dependency.digest.keys())
        inventory = open(sys.argv[3], 'rb').read()
        digest = hashlib.sha256(inventory).hexdigest()
        print('inventory', 'matches' if predicate.run_details.byproducts[0].digest['sha256'] == digest else 'differs')
        errors = JsonStrictValidator(SchemaVersion.V1_6).validate_str(inventory.decode())
        if errors: sys.exit(str(errors))
        for component in Bom.from_json(json.loads(inventory)).components: print('component', component.name, component.version)
        """
}

/// `--implant-md5`, as checkisomd5 (Debian's isomd5sum) reads it.
@Suite("A checksum on the disc")
struct ImplantedChecksumTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    @Test(
        "checkisomd5 accepts the disc, and finds a flipped bit; it is intact and the same in every run",
        arguments: [[], ["--hybrid"], ["--file-system", "iso"]])
    func checked(options: [String]) throws {
        let path = try session.create(.capture, "disc.iso", ["--implant-md5"] + options)
        try Program.succeed("checkisomd5", [path.string])
        try session.succeed(["verify", "disc.iso"])
        let bytes = try session.bytes("disc.iso")
        try session.create(.capture, "disc.iso", ["--implant-md5", "--force"] + options)
        #expect(try session.bytes("disc.iso") == bytes)
        try CommandSession.flipBit(of: path, at: Int64(bytes.count / 2))
        #expect(try Program.run("checkisomd5", [path.string]).status == 1)
    }

    @Test("damage of the field itself is found by verify, and other outputs are refused (64)")
    func field() throws {
        let path = try session.create(.capture, "disc.iso", ["--implant-md5"])
        // Behind the digits, in the text (ECMA-119 8.4.32: the field begins with byte 884 of block 16).
        try CommandSession.flipBit(of: path, at: 16 * 2048 + 883 + 50)
        #expect(try session.run(["verify", "disc.iso"]).status == 65)
        for name in ["tree", "drive.img"] {
            let result = try session.run(session.arguments(.capture, name, ["--implant-md5"]))
            #expect(result.status == 64 && result.failure.contains("--implant-md5"), "\(result.failure)")
        }
    }
}
