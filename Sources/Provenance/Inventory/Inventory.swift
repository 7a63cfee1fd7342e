// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import Support

/// A list of what something is made of: a software bill of materials in the form of CycloneDX 1.6 (ECMA-424).
public struct Inventory: Sendable {
    /// What it is about.
    public let subject: InventoryComponent
    /// What that is made of.
    public let components: [InventoryComponent]
    /// Identifies this list.
    public let serialNumber: GUID
    /// When it was made.
    public let created: Timestamp
    /// The program that made it, and its version.
    public let tool: (name: String, version: String)

    /// The list of what `subject` is made of.
    public init(
        of subject: InventoryComponent, _ components: [InventoryComponent], serialNumber: GUID, created: Timestamp,
        tool: (name: String, version: String)
    ) {
        self.subject = subject
        self.components = components
        self.serialNumber = serialNumber
        self.created = created
        self.tool = tool
    }

    /// The list as JSON.
    ///
    /// - Throws: nothing that a list could cause.
    public func encoded() throws -> [UInt8] {
        try JSON.bytes(of: node, escaping: .required) + [UInt8(ascii: "\n")]
    }

    private var node: JSONNode {
        let parts = components.filter { $0.holder == nil }.map(\.reference)
        let holders = components.filter { component in components.contains { $0.holder == component.reference } }
        return .members([
            "$schema": .text("http://cyclonedx.org/schema/bom-1.6.schema.json"),
            "bomFormat": .text("CycloneDX"), "specVersion": .text("1.6"),
            "serialNumber": .text("urn:uuid:\(serialNumber.text(.lower))"), "version": .whole(1),
            "metadata": .members([
                "timestamp": .text(CivilTime(created).text),
                "tools": .members([
                    "components": .list([
                        .members([
                            "type": .text("application"), "name": .text(tool.name), "version": .text(tool.version),
                        ])
                    ])
                ]),
                "component": subject.node,
            ]),
            "components": .list(components.map(\.node)),
            "dependencies": .list(
                [Self.dependency(subject.reference, parts)]
                    + holders.map { holder in
                        Self.dependency(
                            holder.reference, components.filter { $0.holder == holder.reference }.map(\.reference))
                    }),
        ])
    }

    private static func dependency(_ reference: String, _ parts: [String]) -> JSONNode {
        .members(["ref": .text(reference), "dependsOn": .list(parts.map { .text($0) })])
    }
}

/// A part of something (CycloneDX 1.6, component).
public struct InventoryComponent: Sendable {
    /// What it is (CycloneDX 1.6, component.type).
    public enum Kind: String, Sendable {
        /// A program, or files that belong to one.
        case application
        /// An operating system.
        case operatingSystem = "operating-system"
        /// Drivers.
        case driver = "device-driver"
        /// A library, or a package of a distribution.
        case library
        /// A file.
        case file
        /// Anything that is data.
        case data
    }

    /// What it is.
    public let kind: Kind
    /// Names it in this list.
    public let reference: String
    /// Its name.
    public let name: String
    /// Its version; nil for none.
    public var version: String?
    /// Its SHA-256; nil for what is no file.
    public var sha256: SHA256Digest?
    /// Names it everywhere (package URL); nil where nothing does.
    public var packageURL: String?
    /// What else there is to say, by names of ours.
    public var properties: [(name: String, value: String)] = []
    /// The component that it is a part of, by its reference; nil for a part of the whole.
    public var holder: String?

    /// A part called `reference` in the list.
    public init(_ kind: Kind, reference: String, name: String) {
        self.kind = kind
        self.reference = reference
        self.name = name
    }

    var node: JSONNode {
        .members([
            "type": .text(kind.rawValue), "bom-ref": .text(reference), "name": .text(name),
            "version": version.map { .text($0) },
            "hashes": sha256.map {
                .list([.members(["alg": .text("SHA-256"), "content": .text($0.description)])])
            },
            "purl": packageURL.map { .text($0) },
            "properties": properties.isEmpty
                ? nil
                : .list(properties.map { .members(["name": .text($0.name), "value": .text($0.value)]) }),
        ])
    }
}
