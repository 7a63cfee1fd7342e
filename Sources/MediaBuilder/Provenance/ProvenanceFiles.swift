// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import JSON
import MediaFormat
import Provenance
import Support
import SystemPackage

/// The statement and the inventory of media that was made (docs/provenance.md, docs/formats/provenance.md).
struct ProvenanceFiles {
    /// What the parameters of a statement of ours mean.
    static let buildType = "urn:tsmedia:build:1"
    /// Who makes media.
    static let builderID = "urn:tsmedia:command"

    private let request: ProvenanceRequest
    private let key: SigningKey?

    /// The files that `request` asks for; nil when it asks for none.
    init?(of request: MediaRequest) {
        guard let provenance = request.provenance else { return nil }
        self.request = provenance
        key = request.signingKey
    }

    /// The files.
    var paths: [FilePath] { request.files }

    /// Whether all of them are there.
    var exist: Bool { paths.allSatisfy { (try? Stat($0)) != nil } }

    /// Makes sure that what has the names was made by a run before, so that it can be replaced.
    ///
    /// - Throws: `OutputError` for something else; errors of reading.
    func requireReplaceable() throws {
        for path in paths {
            guard (try? Stat(path, followTargetSymlink: false)) != nil else { continue }
            guard let bytes = try? SmallFile.read(path, limit: Self.byteLimit), Self.isOurs(bytes) else {
                throw OutputError(
                    .exists, path, "exists, and is no statement and no inventory of media",
                    nextStep: "move it away, or choose another name")
            }
        }
    }

    /// More than a statement or an inventory has.
    private static let byteLimit = 64 << 20

    private static func isOurs(_ bytes: [UInt8]) -> Bool {
        if StatementSubjects(SignedEnvelope(bytes)?.payload ?? bytes) != nil { return true }
        var reader = JSONReader(bytes)
        guard let node = try? reader.node(limit: 5_000_000), (try? reader.end()) != nil else { return false }
        return node["bomFormat"] == .text("CycloneDX")
    }

    /// Writes both for the media that `plan` made.
    ///
    /// - Parameter outputs: the files that were written, with their hashes.
    /// - Throws: `OutputError`, `FileError`.
    func write(_ plan: MediaPlan, outputs: [OutputDigest]) throws {
        let ingredients = MediaIngredients(plan)
        let inventory = try self.inventory(plan, ingredients, outputs).encoded()
        let statement = self.statement(plan, ingredients, outputs, inventory: SHA256.digest(of: inventory))
        try AtomicFile.write(inventory, to: request.inventoryPath)
        try AtomicFile.write(try encoded(statement), to: request.path)
    }

    /// In an envelope when there is a key, else bare.
    private func encoded(_ statement: Statement) throws -> [UInt8] {
        guard let key else { return try statement.encoded(.indented) + [UInt8(ascii: "\n")] }
        return try SignedEnvelope(signing: try statement.encoded(), type: SignedEnvelope.inTotoType, with: key)
            .encoded()
    }

    // MARK: Statement

    private func statement(
        _ plan: MediaPlan, _ ingredients: MediaIngredients, _ outputs: [OutputDigest], inventory: SHA256Digest
    ) -> Statement {
        var internals: [JSONNode.Member] = [
            .init(name: "mediaGuid", value: .text(plan.mediaGUID)),
            .init(name: "buildKey", value: .text(plan.key.description)),
        ]
        if let key {
            internals.append(
                .init(name: "manifestKey", value: .text(key.verificationKey.fingerprint.description)))
        }
        let packages = ingredients.packages.map { package in
            ResourceDescriptor(
                name: package.name,
                uri: PackageURL.debian(
                    name: package.name, version: package.version, architecture: package.architecture),
                SHA256Digest(hexadecimal: package.sha256).map { [.sha256($0)] } ?? [],
                annotations: [.init(name: "tsmedia:kind", value: .text("package of the boot image"))])
        }
        return BuildProvenance(
            buildType: Self.buildType, externalParameters: request.parameters, internalParameters: .object(internals),
            dependencies: ([ingredients.bootImage] + ingredients.others).map(\.dependency) + packages,
            builderID: Self.builderID,
            builderVersions: [.init(name: "tsmedia", value: .text(request.programVersion))],
            byproducts: [ResourceDescriptor(name: Self.name(request.inventoryPath), [.sha256(inventory)])]
        ).statement(of: Self.subjects(plan, outputs))
    }

    private static func name(_ path: FilePath) -> String { path.lastComponent?.string ?? path.string }

    /// The files, and the manifests of all volumes, by which drives and folders are known.
    private static func subjects(_ plan: MediaPlan, _ outputs: [OutputDigest]) -> [ResourceDescriptor] {
        let files = outputs.map { ResourceDescriptor(name: name($0.path), [.sha256($0.sha256)]) }
        let manifests = plan.volumes.compactMap { volume -> ResourceDescriptor? in
            // Not always the last: a data partition follows what boots.
            let manifest = volume.files.last { $0.path.description == MediaManifest.path }
            guard let manifest else { return nil }
            // Which name a drive has is a matter of the moment.
            let head = plan.drives.isEmpty ? "\(name(volume.output))/" : ""
            return ResourceDescriptor(name: head + MediaManifest.path, [.sha256(manifest.sha256)])
        }
        return files + manifests
    }

    // MARK: Inventory

    private func inventory(
        _ plan: MediaPlan, _ ingredients: MediaIngredients, _ outputs: [OutputDigest]
    ) -> Inventory {
        let bootReference = "boot-image"
        var components = [ingredients.bootImage.component(bootReference)]
        for (index, other) in ingredients.others.enumerated() {
            components.append(other.component("\(index + 1):\(other.id)"))
        }
        for package in ingredients.packages {
            let url = PackageURL.debian(
                name: package.name, version: package.version, architecture: package.architecture)
            var component = InventoryComponent(.library, reference: url, name: package.name)
            component.version = package.version
            component.packageURL = url
            component.sha256 = SHA256Digest(hexadecimal: package.sha256)
            component.holder = bootReference
            components.append(component)
        }
        var media = InventoryComponent(.data, reference: "media", name: plan.label)
        media.sha256 = outputs.count == 1 ? outputs[0].sha256 : nil
        media.properties = [
            ("tsmedia:mediaType", plan.mediaType.rawValue), ("tsmedia:mediaGuid", plan.mediaGUID),
            ("tsmedia:volumeCount", String(plan.volumes.count)),
        ]
        return Inventory(
            of: media, components, serialNumber: GUID(custom: plan.key.bytes), created: plan.record.created,
            tool: ("tsmedia", request.programVersion))
    }
}
