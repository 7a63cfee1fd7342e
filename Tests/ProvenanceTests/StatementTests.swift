// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Fixtures
import JSON
import Provenance
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("statements and inventories")
struct StatementTests {
    private let digest = SHA256.digest(of: Array("a".utf8))

    private var statement: Statement {
        BuildProvenance(
            buildType: "urn:x:build", externalParameters: .members(["a": .text("b"), "left out": nil]),
            dependencies: [ResourceDescriptor(name: "ABC00001", [.folder(digest)])], builderID: "urn:x:builder",
            builderVersions: [.init(name: "x", value: .text("1"))]
        ).statement(of: [ResourceDescriptor(name: "a.iso", [.sha256(digest)])])
    }

    @Test(
        "in-toto-attestation accepts a statement of SLSA provenance",
        .enabled(if: PythonPackages.haveValidators, "\(PythonPackages.validatorReason)"))
    func othersAccept() throws {
        let folder = try TestFolder()
        let file = folder.path.appending("statement")
        try AtomicFile.write(try statement.encoded(), to: file)
        let printed = try PythonPackages.run(Self.validator, [file.string])
        #expect(printed == "a.iso \(digest) urn:x:build 1\n")
    }

    /// Parses the statement and its predicate strictly: a field that the specifications do not have is an error.
    private static let validator = """
        import json, sys
        from google.protobuf import json_format
        from in_toto_attestation.v1 import statement_pb2 as spb
        from in_toto_attestation.v1.statement import Statement
        from in_toto_attestation.predicates.provenance.v1.provenance import Provenance
        from in_toto_attestation.predicates.provenance.v1 import provenance_pb2 as ppb
        text = open(sys.argv[1]).read()
        statement = Statement.copy_from_pb(json_format.Parse(text, spb.Statement()))
        statement.validate()
        predicate = json_format.Parse(json.dumps(json.loads(text)['predicate']), ppb.Provenance())
        Provenance.copy_from_pb(predicate).validate()
        subject = statement.pb.subject[0]
        definition = predicate.build_definition
        print(subject.name, subject.digest['sha256'], definition.build_type, len(definition.resolved_dependencies))
        """

    @Test("the subjects that are read are those that were written")
    func subjects() throws {
        let read = try #require(StatementSubjects(try statement.encoded()))
        #expect(read.predicateType == BuildProvenance.predicateType)
        #expect(read.subjects.map(\.name) == ["a.iso"] && read.subjects.map(\.sha256) == [digest])
        #expect(StatementSubjects(Array("{}".utf8)) == nil)
        let other = String(decoding: try statement.encoded(), as: UTF8.self).replacing(
            "Statement/v1", with: "Statement/v2")
        #expect(StatementSubjects(Array(other.utf8)) == nil)
    }

    @Test("a folder has the hash that sha256sum makes of its files")
    func folderDigest() throws {
        let folder = try TestFolder()
        let names = ["b", "a/z", "a b", "A", "\u{e9}"]
        var digest = FolderDigest()
        for name in names {
            let path = folder.path.pushing(FilePath(name))
            try Folder.create(path.removingLastComponent())
            try AtomicFile.write(Array(name.utf8), to: path)
            digest.add(name, SHA256.digest(of: Array(name.utf8)))
        }
        let script = "find . -type f | sed 's/^..//' | LC_ALL=C sort | tr '\\n' '\\0' | xargs -0 sha256sum | sha256sum"
        let printed = try Program.succeed("sh", ["-c", "cd '\(folder.path)' && \(script)"]).output
        #expect(printed.hasPrefix(digest.value.description))
    }

    private static let inventoryScript = """
        import json, sys
        from cyclonedx.schema import SchemaVersion
        from cyclonedx.validation.json import JsonStrictValidator
        from cyclonedx.model.bom import Bom
        text = open(sys.argv[1]).read()
        errors = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
        if errors: sys.exit(str(errors))
        bom = Bom.from_json(json.loads(text))
        for component in sorted(bom.components, key=lambda c: c.name):
            purl = component.purl
            print(component.name, component.version, f"{purl.type} {purl.namespace} {purl.version} {purl.qualifiers['arch']}" if purl else '-')
        """

    @Test(
        "cyclonedx-python-lib accepts an inventory",
        .enabled(if: PythonPackages.haveValidators, "\(PythonPackages.validatorReason)"))
    func inventory() throws {
        let folder = try TestFolder()
        let file = folder.path.appending("inventory")
        var image = InventoryComponent(.operatingSystem, reference: "boot", name: "ABC00005")
        image.sha256 = digest
        image.properties = [("tsmedia:size", "1")]
        var package = InventoryComponent(.library, reference: "deb:libc6", name: "libc6")
        package.version = "1:2.36-9+deb12u10"
        package.packageURL = PackageURL.debian(name: "libc6", version: "1:2.36-9+deb12u10", architecture: "amd64")
        package.holder = "boot"
        let inventory = Inventory(
            of: InventoryComponent(.data, reference: "media", name: "a.iso"), [image, package],
            serialNumber: GUID(custom: digest.bytes), created: Timestamp(unixSeconds: 0), tool: ("tsmedia", "1"))
        try AtomicFile.write(try inventory.encoded(), to: file)
        #expect(
            try PythonPackages.run(Self.inventoryScript, [file.string])
                == "ABC00005 None -\nlibc6 1:2.36-9+deb12u10 deb debian 1:2.36-9+deb12u10 amd64\n")
    }
}
